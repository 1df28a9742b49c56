import { randomBytes } from "node:crypto";
import { constants, performServerHandshake, type ServerHttp2Stream } from "node:http2";
import type { TLSSocket } from "node:tls";
import type { Clock } from "../../model/clock.ts";
import { Bucket } from "../bucket.ts";
import type { EdgeLimits } from "../limits.ts";
import type { Wire } from "../wire/wire.ts";
import { Http2Wire } from "./http2-wire.ts";
import { requestText } from "./request-head.ts";

/** Why we cut a visitor's connection. */
export type Http2Abuse = "resets" | "overhead" | "memory" | "protocol";

export interface Http2Ports {
  readonly clock: Clock;
  readonly limits: Pick<EdgeLimits, "http2" | "headMs" | "idleMs">;
  /** Takes the wire of one request. */
  serve(wire: Wire): void;
  abused(reason: Http2Abuse): void;
  closed(connection: Http2Connection): void;
}

/** How long a visitor may take to hear of the end. */
const LINGER_MS = 2000;
/** What a field may take on the network beside its name and value. */
const FIELD_BYTES = 8;
/** WINDOW_UPDATE frames take no more than this share of what they allow. */
const UPDATES_SHARE = 1 / 64;

/**
 * A visitor's connection that has agreed on HTTP/2 (RFC 9113); each of its streams is served as a wire of its own. Whoever makes
 * work without asking for anything loses the connection (RFC 9113, section 10.5).
 */
export class Http2Connection {
  readonly #socket: TLSSocket;
  readonly #ports: Http2Ports;
  readonly #session;
  readonly #live = new Set<Http2Wire>();
  readonly #resets: Bucket;
  readonly #overhead: Bucket;
  #requests = 0;
  /** For how long no request has been under way. */
  #idleMs = 0;
  /** What streams that are no more, and heads of all, had of the bytes that came. */
  #carried = 0;
  #overheadSeen = 0;
  #cut = false;

  constructor(socket: TLSSocket, ports: Http2Ports) {
    const { http2 } = ports.limits;
    const nowMs = ports.clock.nowMs();
    this.#socket = socket;
    this.#ports = ports;
    this.#resets = new Bucket(http2.resets, http2.resetsPerSecond, nowMs);
    this.#overhead = new Bucket(http2.overhead, http2.overheadPerSecond, nowMs);
    this.#session = performServerHandshake(socket, {
      maxHeaderListPairs: http2.fields,
      maxSessionMemory: http2.memory / 1_000_000,
      // An origin may repeat what it likes.
      strictSingleValueFields: false,
      settings: {
        enableConnectProtocol: true,
        maxConcurrentStreams: http2.streams,
        maxHeaderListSize: http2.fieldBytes,
        initialWindowSize: http2.uploadWindow,
      },
    });
    this.#session.setLocalWindowSize(4 * http2.uploadWindow);
    this.#session.on("stream", (stream, _, flags, fields) => this.#opened(stream, flags, fields));
    this.#session.on("error", ({ code = "" }: NodeJS.ErrnoException) => {
      // Frames that are none, too many of them at once, or what nobody may send: Node has cut the connection by itself.
      if (!this.#cut && code.startsWith("ERR_HTTP2")) ports.abused("protocol");
    });
    this.#session.on("close", () => ports.closed(this));
  }

  /** Takes no more requests (GOAWAY), and ends when the running ones have. */
  close(): void {
    this.#idleMs = 0;
    this.#session.close();
  }

  destroy(): void {
    this.#session.destroy();
  }

  #opened(stream: ServerHttp2Stream, flags: number, fields: readonly string[]): void {
    this.#idleMs = 0;
    if (++this.#requests >= this.#ports.limits.http2.requests) this.close();
    for (const text of fields) this.#carried += text.length + FIELD_BYTES / 2;
    // What broke is told by the code.
    stream.on("error", () => undefined);
    // Taken back before it was seen: no origin hears of it.
    if (stream.destroyed || stream.closed) return this.#wasReset();
    const ended = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    const request = requestText(fields, ended, () => randomBytes(16).toString("base64"));
    if (request === "connect") stream.respond({ ":status": 405 }, { endStream: true });
    else if (request === "malformed") {
      stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
      this.#wasReset();
    } else this.#serve(stream, new Http2Wire(stream, request, this.#socket));
  }

  #serve(stream: ServerHttp2Stream, wire: Http2Wire): void {
    this.#live.add(wire);
    stream.once("close", () => {
      this.#live.delete(wire);
      this.#carried += wire.carried;
      if (!wire.answered) this.#wasReset();
    });
    this.#ports.serve(wire);
  }

  /**
   * A stream ended without a whole answer. Visitors who go on to another page cause some; asking and taking back at once
   * (CVE-2023-44487), or making us reset (CVE-2025-8671), is work for nothing.
   */
  #wasReset(): void {
    if (!this.#resets.take(1, this.#ports.clock.nowMs())) this.#abuse("resets");
  }

  /** Time has passed. */
  tick(stepMs: number): void {
    const { limits, clock } = this.#ports;
    if (this.#live.size === 0) this.#tickIdle(stepMs);
    if (this.#session.destroyed) return;
    let kept = 0;
    for (const wire of this.#live) kept += wire.kept;
    if (kept > limits.http2.memory) this.#abuse("memory");
    else if (!this.#overhead.take(this.#newOverhead(), clock.nowMs())) this.#abuse("overhead");
  }

  #tickIdle(stepMs: number): void {
    const { headMs, idleMs } = this.#ports.limits;
    this.#idleMs += stepMs;
    if (this.#session.closed || this.#session.destroyed) {
      // Told of the end, the visitor does not go.
      if (this.#idleMs >= LINGER_MS) this.#socket.destroy();
    } else if (this.#idleMs >= (this.#requests === 0 ? headMs : idleMs)) this.close();
  }

  /** Frames that carry nothing (PING, SETTINGS, PRIORITY, empty DATA, padding) are what is left when all else is counted. */
  #newOverhead(): number {
    let carried = this.#carried + this.#socket.bytesWritten * UPDATES_SHARE;
    for (const wire of this.#live) carried += wire.carried;
    const overhead = this.#socket.bytesRead - carried;
    const more = Math.max(0, overhead - this.#overheadSeen);
    this.#overheadSeen += more;
    return more;
  }

  #abuse(reason: Http2Abuse): void {
    if (this.#cut) return;
    this.#cut = true;
    this.#ports.abused(reason);
    this.#session.destroy(new Error(reason), constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }
}
