import { createHash } from "node:crypto";
import type { AnswerHead } from "../http1/answer-head.ts";
import { type AnswerParts, AnswerReader } from "./answer-reader.ts";
import type { Outbound, OutStream } from "./outbound.ts";
import type { RequestText } from "./request-head.ts";

/** Stands behind the key (RFC 6455, section 1.3). */
const WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
interface Sending extends OutStream {
  /** It was reset: nothing may follow. */
  readonly destroyed: boolean;
  /** The answer is none, or not whole. */
  broken(): void;
}

const PROOF = "sec-websocket-accept";

/**
 * Sends the HTTP/1.1 answer that the pipeline writes over a stream of HTTP/2. One that is not whole ends as a reset stream, never
 * as a short answer.
 */
export class AnswerSender implements AnswerParts {
  readonly #stream: Sending;
  readonly #out: Outbound;
  readonly #tunnelKey: string | undefined;
  readonly #reader: AnswerReader;
  /** The stream is a tunnel. */
  tunnels = false;

  constructor(stream: Sending, out: Outbound, request: RequestText) {
    this.#stream = stream;
    this.#out = out;
    this.#tunnelKey = request.tunnelKey;
    this.#reader = new AnswerReader(this, request.isHead);
  }

  /** A whole answer has been written. */
  get done(): boolean {
    return this.#reader.done;
  }

  write(bytes: Buffer, start: number, end: number): void {
    if (!this.#reader.read(bytes, start, end)) this.#stream.broken();
  }

  /** Nothing more comes. */
  end(): void {
    if (!this.#reader.ended()) this.#stream.broken();
  }

  interim(head: AnswerHead): void {
    this.#out.head(this.#stream, head.status, head, false);
  }

  head(head: AnswerHead, ends: boolean): void {
    this.#out.head(this.#stream, head.status, head, ends);
  }

  /** The origin took the upgrade: for HTTP/2 that is a plain 200 (RFC 8441, section 5). */
  tunnel(head: AnswerHead): void {
    const key = this.#tunnelKey;
    if (key === undefined || head.get(PROOF) !== acceptOf(key)) return this.#stream.broken();
    this.tunnels = true;
    let proof = 0;
    while (!head.isNamed(proof, PROOF)) proof++;
    this.#out.head(this.#stream, 200, head, false, proof);
  }

  body(bytes: Buffer, start: number, end: number): void {
    if (this.#stream.destroyed) return;
    this.#out.data(this.#stream, bytes, start, end);
  }

  whole(trailers: string): void {
    if (this.#stream.destroyed) return;
    this.#out.end(this.#stream, trailers);
  }
}

function acceptOf(key: string): string {
  return createHash("sha1")
    .update(key + WEBSOCKET_GUID)
    .digest("base64");
}
