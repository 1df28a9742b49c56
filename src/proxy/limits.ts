/** What one edge worker bears, so that no visitor and no origin takes it all. */
export interface EdgeLimits {
  /** Connections of visitors; more are closed at once. */
  readonly connections: number;
  /** From the connection, or the first byte of a later request, to the end of the head. */
  readonly headMs: number;
  /** How long a kept connection may be idle; longer than that of a load balancer in front. */
  readonly idleMs: number;
  /** How long a body may stand still: what a visitor uploads, and what an origin sends unless that is an event stream. */
  readonly stallMs: number;
  /** How long a visitor may take nothing of his answer. */
  readonly readerStallMs: number;
  /** Connections to one origin. */
  readonly originConnections: number;
  /** Requests that wait for one of these; more are answered 503. */
  readonly originQueue: number;
  /** How long an origin that could not be reached is tried last. */
  readonly originRestMs: number;
  /** How long a connection to an origin is kept without use. */
  readonly originIdleMs: number;
}

export const LIMITS: EdgeLimits = {
  connections: 10_000,
  headMs: 15_000,
  idleMs: 65_000,
  stallMs: 60_000,
  // The kernel's buffers may hold minutes of a slow reader's answer.
  readerStallMs: 300_000,
  originConnections: 256,
  originQueue: 1024,
  originRestMs: 5000,
  originIdleMs: 30_000,
};
