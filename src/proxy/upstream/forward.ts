import type { Answer } from "../answer.ts";
import type { Exchange } from "../exchange.ts";
import { join } from "../tunnel.ts";
import { Attempt, type AttemptPorts } from "./attempt.ts";
import { type Failure, type FailureKind, statusOf } from "./failure.ts";
import type { Origin, OriginWire } from "./origin.ts";
import type { StageTimeouts, Upstream } from "./upstream.ts";

/** Asking twice changes nothing (RFC 9110, section 9.2.2). */
const REPEATABLE = new Set(["GET", "HEAD", "OPTIONS"]);

export interface ForwardPorts {
  /** Makes the head of the answer ready, and says what the body goes through. */
  answering(x: Exchange, answer: Answer): void;
  /** Answers when no origin did. */
  failed(x: Exchange, status: 502 | 503 | 504): void;
}

/**
 * Sends what the exchange holds to the origins of the upstream, one after the other, until one answers. What has not left us yet is
 * tried at the next; a request without body and without effect is repeated once, on a new connection, when a connection died
 * before the answer began.
 */
export function forward(x: Exchange, upstream: Upstream, ports: ForwardPorts): void {
  new Forwarding(x, upstream, ports).next();
}

class Forwarding implements AttemptPorts {
  readonly #x: Exchange;
  readonly #upstream: Upstream;
  readonly #ports: ForwardPorts;
  readonly #order: readonly Origin[];
  #tried = 0;
  #repeated = false;

  constructor(x: Exchange, upstream: Upstream, ports: ForwardPorts) {
    this.#x = x;
    this.#upstream = upstream;
    this.#ports = ports;
    this.#order = upstream.order(x.address);
  }

  get timeouts(): StageTimeouts {
    return this.#upstream.timeouts;
  }

  /** Tries the next origin. */
  next(): void {
    const origin = this.#order[this.#tried++];
    if (origin) this.#ask(origin, false);
    else this.#ports.failed(this.#x, 502);
  }

  #ask(origin: Origin, fresh: boolean): void {
    const attempt = new Attempt(this.#x, origin, this);
    this.#x.connection.attempt = attempt;
    attempt.start(fresh);
  }

  answering(answer: Answer): void {
    const { attempt } = this.#x.connection;
    if (attempt && attempt.origin.failures > 0) attempt.origin.answered();
    this.#ports.answering(this.#x, answer);
  }

  answered(whole: boolean): void {
    const x = this.#x;
    if (!whole) this.#count(x.connection.attempt?.origin.name ?? "", "broken");
    x.connection.answered(x, whole);
  }

  switched(to: OriginWire, bytes: Buffer, start: number, end: number): void {
    join(this.#x, to.wire, bytes, start, end);
  }

  failed(origin: Origin, failure: Failure): void {
    const { kind, unsent } = failure;
    const x = this.#x;
    const { edge, site } = x;
    x.connection.attempt = undefined;
    this.#count(origin.name, kind === "unfit" ? "broken" : kind);
    if (unsent && this.#tried < this.#order.length) {
      this.#note(origin, failure);
      this.next();
      return;
    }
    if (kind === "broken" && !this.#repeated && this.#repeatable) {
      const may = this.#upstream.mayRepeat();
      edge.metrics.upstreamRepeat(site?.name ?? "", may);
      if (may) {
        this.#repeated = true;
        this.#ask(origin, true);
        return;
      }
    }
    this.#note(origin, failure);
    this.#ports.failed(x, statusOf(failure));
  }

  /** Of the engine the link tells already. */
  #note(origin: Origin, { kind, reason }: Failure): void {
    const { edge, site } = this.#x;
    if (this.#upstream === edge.engine || !this.#upstream.failed(origin, kind)) return;
    const { host } = origin.url;
    edge.log.warn({ site: site?.name, origin: host, kind, reason }, "an origin is left out");
  }

  #count(origin: string, kind: Exclude<FailureKind, "unfit">): void {
    const { edge, site } = this.#x;
    const name = this.#upstream === edge.engine ? "engine" : origin;
    edge.metrics.upstreamError(site?.name ?? "", name, kind);
  }

  get #repeatable(): boolean {
    const { method, upload, upgrade } = this.#x;
    return REPEATABLE.has(method) && !upload.any && upgrade === undefined;
  }
}
