import { createHash } from "node:crypto";
import { constants, type ServerHttp2Stream } from "node:http2";
import { type AnswerParts, AnswerReader } from "./answer-reader.ts";
import type { RequestText } from "./request-head.ts";

/** Stands behind the key (RFC 6455, section 1.3). */
const WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * Sends the HTTP/1.1 answer that the pipeline writes over a stream of HTTP/2. One that is not whole ends as a reset stream, never
 * as a short answer.
 */
export class AnswerSender implements AnswerParts {
  readonly #stream: ServerHttp2Stream;
  readonly #tunnelKey: string | undefined;
  readonly #reader: AnswerReader;
  #trailers: readonly string[] = [];
  /** The stream is a tunnel. */
  tunnels = false;

  constructor(stream: ServerHttp2Stream, request: RequestText) {
    this.#stream = stream;
    this.#tunnelKey = request.tunnelKey;
    this.#reader = new AnswerReader(this, request.isHead);
    stream.on("wantTrailers", () => stream.sendTrailers(objectOf(this.#trailers)));
  }

  /** A whole answer has been written. */
  get done(): boolean {
    return this.#reader.done;
  }

  /** Sends `bytes[start, end)`; false when more should wait for `drain`. */
  write(bytes: Buffer, start: number, end: number): boolean {
    if (!this.#reader.read(bytes, start, end)) this.break();
    return !this.#stream.writableNeedDrain;
  }

  /** Nothing more comes. */
  end(): void {
    if (!this.#reader.ended()) this.break();
  }

  break(): void {
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  interim(status: number, fields: string[]): void {
    this.#stream.additionalHeaders({ ...objectOf(fields), ":status": status });
  }

  head(status: number, fields: string[], ends: boolean): void {
    // Node, as RFC 9110, section 15, knows no others.
    if (status > 599) return this.break();
    const all = [":status", String(status), ...fields];
    this.#stream.respond(all, { endStream: ends, waitForTrailers: !ends });
  }

  /** The origin took the upgrade: for HTTP/2 that is a plain 200 (RFC 8441, section 5). */
  tunnel(fields: string[]): void {
    const proof = fields.indexOf("sec-websocket-accept");
    const key = this.#tunnelKey;
    if (key === undefined || proof < 0 || fields[proof + 1] !== acceptOf(key)) return this.break();
    this.tunnels = true;
    this.#stream.respond([":status", "200", ...fields.toSpliced(proof, 2)]);
  }

  body(bytes: Buffer, start: number, end: number): void {
    // The bytes are lent, and a stream keeps what it cannot send yet.
    if (!this.#stream.closed) this.#stream.write(Buffer.from(bytes.subarray(start, end)));
  }

  whole(trailers: string[]): void {
    this.#trailers = trailers;
    this.#stream.end();
  }
}

function acceptOf(key: string): string {
  return createHash("sha1")
    .update(key + WEBSOCKET_GUID)
    .digest("base64");
}

/** Names and values in turn as Node's object. */
function objectOf(fields: readonly string[]): Record<string, string[]> {
  const object: Record<string, string[]> = {};
  for (let i = 0; i + 1 < fields.length; i += 2) {
    (object[fields[i] ?? ""] ??= []).push(fields[i + 1] ?? "");
  }
  return object;
}
