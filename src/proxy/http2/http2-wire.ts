import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { isForbiddenTrailer } from "../http1/chunks.ts";
import { writeLatin1 } from "../http1/latin1.ts";
import { lentOut, Slab } from "../wire/slab.ts";
import { HEADROOM, NOBODY, type Wire, type WireOwner } from "../wire/wire.ts";
import { AnswerSender } from "./answer-sender.ts";
import type { RequestText } from "./request-head.ts";

/** All streams read into one: each piece is dealt with before the next. */
const slab = new Slab();

/** What a DATA frame may take beside its content: its head of nine bytes, and some padding. */
const FRAME_BYTES = 32;

/** A stream was reset, by the visitor or by us. */
export class StreamReset extends Error {
  readonly code = "WL_STREAM_RESET";
}

/**
 * A stream of HTTP/2 as a wire that carries exactly one HTTP/1.1 exchange: the pipeline reads a request and writes an answer as
 * on any other.
 */
export class Http2Wire implements Wire {
  readonly secure = true;
  readonly remoteAddress: string;
  readonly remotePort: number;
  owner: WireOwner = NOBODY;
  bytesRead = 0;
  bytesWritten = 0;
  readonly #stream: ServerHttp2Stream;
  readonly #socket: Socket;
  readonly #request: RequestText;
  readonly #answer: AnswerSender;
  #paused = true;
  #begun = false;
  /** Of a body with its length. */
  #left: number;
  #trailers = "";
  #carried = 0;

  constructor(stream: ServerHttp2Stream, request: RequestText, socket: Socket) {
    this.#stream = stream;
    this.#socket = socket;
    this.#request = request;
    this.#left = request.length;
    this.#answer = new AnswerSender(stream, request);
    this.remoteAddress = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
    this.remotePort = socket.remotePort ?? 0;
    stream.pause();
    stream.on("data", (chunk: Buffer) => this.#data(chunk));
    stream.on("trailers", (_all: IncomingHttpHeaders, _flags: number, fields: string[]) => {
      this.#trailers = linesOf(fields);
    });
    stream.on("end", () => this.#requestEnded());
    stream.on("drain", () => this.owner.drained());
    stream.on("finish", () => this.#answerSent());
    // What broke is told by the code that follows.
    stream.on("error", () => undefined);
    stream.on("close", () => this.#closed());
  }

  get destroyed(): boolean {
    return this.#stream.closed || this.#stream.destroyed;
  }

  /** A whole answer has been written. */
  get answered(): boolean {
    return this.#answer.done;
  }

  /** Its share of the bytes that came on the connection, without the head. */
  get carried(): number {
    return this.#carried + this.#stream.readableLength;
  }

  /** Bytes that wait in memory, in either direction. */
  get kept(): number {
    return this.#stream.readableLength + this.#stream.writableLength;
  }

  pause(): void {
    this.#paused = true;
    if (this.#begun) this.#stream.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#begun) this.#stream.resume();
    else process.nextTick(() => this.#begin());
  }

  #begin(): void {
    if (this.#begun || this.#paused || this.destroyed) return;
    this.#begun = true;
    this.#deal(this.#request.head);
    if (!this.#paused) this.#stream.resume();
  }

  /** Hands on the text, and a chunk with what comes behind it. */
  #deal(text: string, chunk?: Buffer, behind = ""): void {
    const { bytes } = slab;
    writeLatin1(bytes, text, HEADROOM);
    let end = HEADROOM + text.length;
    if (chunk) end += chunk.copy(bytes, end);
    writeLatin1(bytes, behind, end);
    end += behind.length;
    this.bytesRead += end - HEADROOM;
    lentOut(slab);
    this.owner.data(bytes, HEADROOM, end);
    lentOut(undefined);
  }

  /** A chunk is one DATA frame of at most 16 KiB, and fits into the slab. */
  #data(chunk: Buffer): void {
    this.#carried += chunk.length + FRAME_BYTES;
    if (this.#answer.done || chunk.length === 0) return;
    if (this.#answer.tunnels) this.#deal("", chunk);
    else if (this.#request.body === "chunked") {
      this.#deal(`${chunk.length.toString(16)}\r\n`, chunk, "\r\n");
    } else if ((this.#left -= chunk.length) >= 0) this.#deal("", chunk);
    else this.#stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
  }

  #requestEnded(): void {
    if (this.#answer.done || this.destroyed) return;
    if (this.#answer.tunnels) this.owner.ended();
    else if (this.#request.body === "chunked") this.#deal(`0\r\n${this.#trailers}\r\n`);
    else if (this.#left > 0) this.#stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
  }

  write(bytes: Buffer, start: number, end: number): boolean {
    if (this.destroyed) return false;
    this.bytesWritten += end - start;
    return this.#answer.write(bytes, start, end);
  }

  writeAll(pieces: readonly Buffer[]): boolean {
    let goesOn = true;
    for (const piece of pieces) goesOn = this.write(piece, 0, piece.length);
    return goesOn;
  }

  end(): void {
    if (!this.destroyed) this.#answer.end();
  }

  destroy(): void {
    if (!this.destroyed && !this.#answer.done) this.#answer.break();
  }

  keepAlive(afterMs: number): void {
    this.#socket.setKeepAlive(true, afterMs);
  }

  /** The visitor need not send the rest of a request that was answered early (RFC 9113, section 8.1). */
  #answerSent(): void {
    if (!this.#answer.done || this.destroyed) return;
    this.#stream.resume();
    if (!this.#stream.readableEnded) this.#stream.close(constants.NGHTTP2_NO_ERROR);
  }

  #closed(): void {
    const { rstCode } = this.#stream;
    this.owner.closed(this.#answer.done ? undefined : new StreamReset(`stream reset (${rstCode})`));
  }
}

/** Trailers as lines; those that a trailer must not change are left out (RFC 9110, section 6.5.1). */
function linesOf(fields: readonly string[]): string {
  let lines = "";
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [name, value] = [fields[i] ?? "", fields[i + 1] ?? ""];
    if (!isForbiddenTrailer(name)) lines += `${name}: ${value}\r\n`;
  }
  return lines;
}
