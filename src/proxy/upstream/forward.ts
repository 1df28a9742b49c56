import type { Answer } from "../answer.ts";
import type { Exchange } from "../exchange.ts";
import { join } from "../tunnel.ts";
import { Attempt, type AttemptPorts } from "./attempt.ts";
import { type Failure, statusOf } from "./failure.ts";
import type { Origin, OriginWire } from "./origin.ts";
import type { Upstream, UpstreamTimeouts } from "./upstream.ts";

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
    this.#order = upstream.order();
  }

  get timeouts(): UpstreamTimeouts {
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
    this.#ports.answering(this.#x, answer);
  }

  answered(whole: boolean): void {
    const x = this.#x;
    if (!whole) x.edge.metrics.upstreamError(x.site?.name ?? "", "broken");
    x.connection.answered(x, whole);
  }

  switched(to: OriginWire, bytes: Buffer, start: number, end: number): void {
    join(this.#x, to.wire, bytes, start, end);
  }

  failed(origin: Origin, failure: Failure): void {
    const { kind, reason, unsent } = failure;
    const x = this.#x;
    const { edge, site } = x;
    x.connection.attempt = undefined;
    edge.metrics.upstreamError(site?.name ?? "", kind === "unfit" ? "broken" : kind);
    // Of the engine the link tells already.
    const isOrigin = kind === "connect" && this.#upstream !== edge.engine;
    if (isOrigin && this.#upstream.rest(origin)) {
      const { host } = origin.url;
      edge.log.warn({ site: site?.name, origin: host, reason }, "an origin cannot be reached");
    }
    if (unsent && this.#tried < this.#order.length) this.next();
    else if (kind === "broken" && !this.#repeated && this.#repeatable) {
      this.#repeated = true;
      this.#ask(origin, true);
    } else this.#ports.failed(x, statusOf(failure));
  }

  get #repeatable(): boolean {
    const { method, upload, upgrade } = this.#x;
    return REPEATABLE.has(method) && !upload.any && upgrade === undefined;
  }
}
