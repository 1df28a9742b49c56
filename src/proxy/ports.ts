/** What the edge needs from outside; `main.ts` provides it. */

/** Counters with a bounded set of labels: sites come from the configuration, reasons from the code. */
export interface EdgeMetrics {
  /** Without a duration: an event stream or a tunnel. */
  request(site: string, method: string, status: number, durationSeconds: number | undefined): void;
  upstreamError(site: string, kind: "connect" | "timeout" | "broken" | "busy"): void;
  injected(site: string): void;
  injectionSkipped(site: string, reason: string): void;
  hit(site: string): void;
  hitsDropped(count: number): void;
  cookieRejected(reason: string): void;
  /** A consent cookie that is not as its manager writes it; it counts as a refusal. */
  consentUnreadable(site: string): void;
  linkUp(up: boolean): void;
  openConnections(change: 1 | -1): void;
  tlsHandshake(version: string, resumed: boolean): void;
  tlsHandshakeFailed(reason: string): void;
  /** A connection of HTTP/2 was cut. */
  http2Abused(reason: string): void;
}

/** One line of the access log; already redacted (no query string, address shortened). */
export interface AccessRecord {
  /** When the request came. */
  readonly atMs: number;
  readonly site: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly bytes: number;
  readonly durationMs: number;
  readonly address: string;
}
