import type { Socket } from "node:net";
import { boundsOf } from "../descriptors.ts";
import type { EdgeLimits } from "../limits.ts";
import { descriptorOf } from "../wire/raw-wire.ts";
import { wireOf } from "../wire/stream-wire.ts";
import { NOBODY, type Wire } from "../wire/wire.ts";
import { isOurs, TooManyOpen } from "./failure.ts";
import { socketTo } from "./origin-socket.ts";

/** A connection to an origin, for one exchange. */
export interface OriginWire {
  readonly wire: Wire;
  /** Whether it has carried another exchange before: then the origin may be closing it at this moment. */
  readonly used: boolean;
}

/** Who waits for a connection. */
export interface Waiter {
  connected(wire: OriginWire): void;
  failed(error: Error): void;
}

/** A wait that may be given up. */
export interface Waiting {
  /** Whether a connection is being made; else it waits for its turn. */
  readonly connecting: boolean;
  cancel(): void;
}

export interface OriginOptions {
  readonly limits: Pick<EdgeLimits, "originConnections" | "originQueue" | "descriptors">;
  /** How long a connection is kept without use. */
  readonly idleMs: number;
  /** For metrics: its place in the configuration. */
  readonly name: string;
  /** Unix socket instead of the URL's host. */
  readonly socketPath?: string | undefined;
}

/** The part of an origin's connections that uploads may take: many that come byte by byte must not keep everybody from pages. */
const UPLOAD_SHARE = 0.75;

interface Idle {
  readonly wire: Wire;
  /** For how long it may still stay so. */
  leftMs: number;
}

/** So long before an origin would close a connection, nothing more is sent on it: a POST that crosses the end is lost. */
const MARGIN_MS = 1000;

interface Place {
  readonly waiter: Waiter;
  socket: Socket | undefined;
  cancelled: boolean;
}

/** One server that answers for a site, and the connections to it. */
export class Origin {
  readonly url: URL;
  readonly #options: OriginOptions;
  readonly #idle: Idle[] = [];
  readonly #queue: Place[] = [];
  /** Connections that are open or being made, idle ones too. */
  #open = 0;
  /** Exchanges that run or wait for a connection. */
  running = 0;
  /** All exchanges so far. */
  asked = 0;
  /** What health checks say. */
  healthy = true;
  /** Requests one after the other that it did not answer. */
  failures = 0;
  /** How often it has gone out since it last answered, and until when it is. */
  outs = 0;
  outUntilMs = 0;
  uploads = 0;
  readonly #bound: number;
  #retired = false;

  constructor(url: string, options: OriginOptions) {
    this.url = new URL(url);
    this.#options = options;
    this.#bound = boundsOf(options.limits.descriptors).origins;
  }

  get name(): string {
    return this.#options.name;
  }

  /** Whether it may be out: cheap. */
  get suspect(): boolean {
    return !this.healthy || this.outUntilMs !== 0;
  }

  /** Whether others are asked first. */
  isOut(nowMs: number): boolean {
    return !this.healthy || this.outUntilMs > nowMs;
  }

  /** It has answered. */
  answered(): void {
    this.failures = 0;
    this.outs = 0;
    this.outUntilMs = 0;
  }

  /** Whether one more may run or wait. */
  admits(upload: boolean): boolean {
    const { originConnections, originQueue } = this.#options.limits;
    if (upload && this.uploads >= Math.ceil(originConnections * UPLOAD_SHARE)) return false;
    return this.running < originConnections + originQueue;
  }

  /** A connection that is idle: the one used last, for the others may then grow old. */
  takeIdle(): OriginWire | undefined {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (!idle.wire.destroyed) return { wire: idle.wire, used: true };
    }
    return undefined;
  }

  /** Makes a connection, at once or when one of those that there are has come free. */
  connect(waiter: Waiter): Waiting {
    const place: Place = { waiter, socket: undefined, cancelled: false };
    if (this.#open < this.#options.limits.originConnections) this.#begin(place);
    else {
      // A new one is asked for because an old one has failed: an idle one makes way.
      const idle = this.#idle.shift();
      if (idle) this.discard(idle.wire);
      this.#queue.push(place);
      if (idle) this.#next();
    }
    return {
      get connecting() {
        return place.socket !== undefined;
      },
      cancel: () => {
        place.cancelled = true;
        if (place.socket) place.socket.destroy();
        else this.#queue.splice(this.#queue.indexOf(place), 1);
      },
    };
  }

  /**
   * A connection that may serve the next exchange.
   *
   * @param keptMs how long the origin keeps it, if it has said so
   */
  giveBack(wire: Wire, keptMs = Infinity): void {
    if (wire.destroyed) return;
    const place = this.#queue.shift();
    if (place) {
      place.waiter.connected({ wire, used: true });
      return;
    }
    const gone = () => {
      const at = this.#idle.findIndex((i) => i.wire === wire);
      if (at >= 0) this.#idle.splice(at, 1);
      this.discard(wire);
    };
    if (this.#retired) return this.discard(wire);
    // Whatever comes now is no answer to anything, or the end.
    wire.owner = { data: gone, ended: gone, drained: () => undefined, closed: gone };
    wire.resume();
    this.#idle.push({ wire, leftMs: Math.min(this.#options.idleMs, keptMs - MARGIN_MS) });
  }

  /** A connection that is of no more use. */
  discard(wire: Wire, reset = false): void {
    if (!this.#counted.delete(wire)) return;
    wire.owner = NOBODY;
    wire.destroy(reset);
    this.#open--;
    this.#next();
  }

  /** A connection that goes its own way: it no longer counts. */
  release(wire: Wire): void {
    if (!this.#counted.delete(wire)) return;
    this.#open--;
    this.#next();
  }

  readonly #counted = new Set<Wire>();

  #next(): void {
    if (this.#open >= this.#options.limits.originConnections) return;
    const place = this.#queue.shift();
    if (place) this.#begin(place);
  }

  #begin(place: Place): void {
    this.#open++;
    const socket = socketTo(this.url, this.#options.socketPath);
    place.socket = socket;
    let settled = false;
    const failed = (error: Error) => {
      if (settled) return;
      settled = true;
      socket.destroy();
      this.#open--;
      if (isOurs(error) && this.#open > 0 && !place.cancelled) {
        // One of those that there are is free before long.
        place.socket = undefined;
        this.#queue.unshift(place);
        return;
      }
      if (!place.cancelled) place.waiter.failed(error);
      this.#next();
    };
    socket.on("error", failed);
    socket.on("close", () => failed(new Error("the connection was closed")));
    socket.once(this.url.protocol === "https:" ? "secureConnect" : "connect", () => {
      if (settled) return;
      if (descriptorOf(socket) >= this.#bound) return failed(new TooManyOpen());
      settled = true;
      const wire = wireOf(socket);
      this.#counted.add(wire);
      if (place.cancelled) this.giveBack(wire);
      else place.waiter.connected({ wire, used: false });
      this.#next();
    });
  }

  /** Time has passed: connections that were idle for too long are closed, and who waits for want of a descriptor tries again. */
  tick(stepMs: number): void {
    this.#next();
    for (const idle of this.#idle) idle.leftMs -= stepMs;
    for (let i = this.#idle.length - 1; i >= 0; i--) {
      const { wire, leftMs } = this.#idle[i] as Idle;
      if (leftMs > 0) continue;
      this.#idle.splice(i, 1);
      this.discard(wire);
    }
  }

  /** No new exchange will come: those that run are finished, and connections end with them. */
  retire(): void {
    this.#retired = true;
    for (const { wire } of this.#idle.splice(0)) this.discard(wire);
  }

  /** Nothing runs, waits or is open. */
  get unused(): boolean {
    return this.running === 0 && this.#open === 0;
  }

  destroy(): void {
    for (const place of this.#queue.splice(0)) place.cancelled = true;
    for (const wire of this.#counted) this.discard(wire);
    this.#idle.length = 0;
  }
}
