/** What one edge worker bears, so that no visitor and no origin takes it all. */
export interface EdgeLimits {
  /** Connections of visitors; more are closed at once. */
  readonly connections: number;
  /** Files and sockets that the process may have open; Infinity where there is no limit. */
  readonly descriptors: number;
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
  /** How long a TLS handshake may take, and how many may be under way; more are closed at once. */
  readonly handshakeMs: number;
  readonly handshakes: number;
  readonly http2: Http2Limits;
}

/** What one connection of HTTP/2 bears. */
export interface Http2Limits {
  /** Requests at the same time. */
  readonly streams: number;
  /** Requests in all; then the visitor is asked to connect again. */
  readonly requests: number;
  /** Requests that end before their answer: so many at once, and so many a second afterwards. */
  readonly resets: number;
  readonly resetsPerSecond: number;
  /** Bytes of frames that carry neither head nor body: at once, and a second afterwards. */
  readonly overhead: number;
  readonly overheadPerSecond: number;
  /** Fields of a head, and their bytes. */
  readonly fields: number;
  readonly fieldBytes: number;
  /** How much of a body a visitor may send before we take it, in bytes. */
  readonly uploadWindow: number;
  /** Bytes that all streams together may keep waiting. */
  readonly memory: number;
}

export const LIMITS: EdgeLimits = {
  connections: 10_000,
  descriptors: Infinity,
  headMs: 15_000,
  idleMs: 65_000,
  stallMs: 60_000,
  // The kernel's buffers may hold minutes of a slow reader's answer.
  readerStallMs: 300_000,
  originConnections: 256,
  originQueue: 1024,
  originRestMs: 5000,
  originIdleMs: 30_000,
  handshakeMs: 10_000,
  handshakes: 1000,
  http2: {
    // Browsers expect no less.
    streams: 100,
    requests: 10_000,
    // Leaving a page of a hundred pictures is no attack, twice.
    resets: 200,
    resetsPerSecond: 20,
    // Uploads that were answered early are on their way still, with all their windows.
    overhead: 1_048_576,
    overheadPerSecond: 32_768,
    fields: 128,
    fieldBytes: 16_384,
    uploadWindow: 262_144,
    // A hundred answers that nobody takes, each with what was read of it at once.
    memory: 16_000_000,
  },
};
