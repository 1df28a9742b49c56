import type { Socket } from "node:net";
import type { Clock } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import { boundsOf } from "./descriptors.ts";
import type { EdgeLimits } from "./limits.ts";
import { descriptorOf } from "./wire/raw-wire.ts";

/** Why nobody more is let in. */
export type Full = "descriptors" | "all_connections";

export interface AdmissionPorts {
  readonly clock: Clock;
  readonly log: Log;
  openConnections(change: 1 | -1): void;
  refused(reason: Full): void;
}

/** How often the log says that visitors are turned away. */
const TOLD_EVERY_MS = 60_000;

const MENDED: Readonly<Record<Full, string>> = {
  descriptors:
    "visitors are turned away, for the process has too many open files: raise LimitNOFILE= of its unit, or ulimit -n",
  all_connections:
    "visitors are turned away, for an edge has all the connections that it takes: raise edge.workers",
};

/** Lets visitors' connections in while there is room, and says so when there is none: they are then closed at once. */
export class Admission {
  /** Connections of visitors. */
  open = 0;
  /** All who came, let in or not. */
  asked = 0;
  readonly #most: number;
  readonly #bound: number;
  readonly #ports: AdmissionPorts;
  readonly #told: Record<Full, { refused: number; untilMs: number }> = {
    descriptors: { refused: 0, untilMs: -Infinity },
    all_connections: { refused: 0, untilMs: -Infinity },
  };

  constructor({ connections, descriptors }: EdgeLimits, ports: AdmissionPorts) {
    this.#most = connections;
    this.#bound = boundsOf(descriptors).visitors;
    this.#ports = ports;
    if (this.#bound >= this.#most) return;
    ports.log.warn(
      { descriptors, connections: this.#bound },
      `the limit of open files lets in fewer visitors than an edge takes (${this.#most}): raise LimitNOFILE= of the unit, or ulimit -n`,
    );
  }

  /** Whether who has connected may stay; if so, `leave` follows. */
  enter(socket: Socket): boolean {
    this.asked++;
    if (this.open >= this.#most) return this.#refuse("all_connections");
    if (descriptorOf(socket) >= this.#bound) return this.#refuse("descriptors");
    this.open++;
    this.#ports.openConnections(1);
    return true;
  }

  leave(): void {
    this.open--;
    this.#ports.openConnections(-1);
  }

  #refuse(reason: Full): false {
    const { clock, log } = this.#ports;
    this.#ports.refused(reason);
    const told = this.#told[reason];
    told.refused++;
    const nowMs = clock.nowMs();
    if (nowMs < told.untilMs) return false;
    log.error({ refused: told.refused }, MENDED[reason]);
    told.refused = 0;
    told.untilMs = nowMs + TOLD_EVERY_MS;
    return false;
  }
}
