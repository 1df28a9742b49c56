import { writeLatin1 } from "../http1/latin1.ts";
import { lentOut, Slab } from "../wire/slab.ts";
import { HEADROOM, NOBODY, type Wire, type WireOwner } from "../wire/wire.ts";
import { AnswerSender } from "./answer-sender.ts";
import { CANCEL, INTERNAL_ERROR, NO_ERROR, PROTOCOL_ERROR } from "./frames.ts";
import type { InStream } from "./inbound.ts";
import type { Outbound, OutStream } from "./outbound.ts";
import type { RequestText } from "./request-head.ts";

/** All streams read into one: each piece is dealt with before the next. */
const slab = new Slab();

/** A stream was reset, by the visitor or by us. */
export class StreamReset extends Error {
  readonly code = "WL_STREAM_RESET";
}

/** The connection, as one of its streams sees it. */
export interface StreamHost {
  readonly wire: Wire;
  readonly out: Outbound;
  /** So much of a body has been taken, padding included: the visitor may send as much again. */
  consumed(stream: Http2Wire, bytes: number): void;
  /** Resets the stream. */
  reset(stream: Http2Wire, code: number): void;
  /** Both sides have ended. */
  over(stream: Http2Wire): void;
}

/**
 * A stream of HTTP/2 as a wire that carries exactly one HTTP/1.1 exchange: the pipeline reads a request and writes an answer as
 * on any other.
 */
export class Http2Wire implements Wire, OutStream, InStream {
  readonly secure = true;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly id: number;
  owner: WireOwner = NOBODY;
  bytesRead = 0;
  bytesWritten = 0;
  destroyed = false;
  window: number;
  readonly queue: Buffer[] = [];
  trailers: string | undefined;
  /** Of the visitor: nothing more comes. */
  othersEnd: boolean;
  mayReceive: number;
  taken = 0;
  readonly #host: StreamHost;
  readonly #request: RequestText;
  readonly #answer: AnswerSender;
  #paused = true;
  #begun = false;
  #ourEnd = false;
  /** Of a body with its length. */
  #left: number;
  /** What came while the owner paused. */
  #held: Buffer[] = [];
  #heldEnd = false;
  #requestTrailers = "";
  /** Of a whole answer: what waited when time passed last, and for how long none of it has been taken. */
  #waited = 0;
  #stalledMs = 0;

  constructor(id: number, request: RequestText, host: StreamHost, mayReceive: number) {
    this.id = id;
    this.#host = host;
    this.#request = request;
    this.#left = request.length;
    this.window = host.out.initialWindow;
    this.mayReceive = mayReceive;
    this.othersEnd = request.body === "none" && request.tunnelKey === undefined;
    this.#heldEnd = this.othersEnd;
    this.#answer = new AnswerSender(this, host.out, request);
    this.remoteAddress = host.wire.remoteAddress;
    this.remotePort = host.wire.remotePort;
  }

  /** A whole answer has been written. */
  get answered(): boolean {
    return this.#answer.done;
  }

  /** Bytes that wait in memory, in either direction. */
  get kept(): number {
    return lengthOf(this.queue) + lengthOf(this.#held);
  }

  /**
   * Time has passed. The exchange waits for who takes no more of an answer that is still coming; once it is whole, nobody else
   * does.
   *
   * @param stallMs for so long a visitor may take nothing
   */
  tick(stepMs: number, stallMs: number): void {
    if (!this.#answer.done) return;
    const waiting = lengthOf(this.queue);
    this.#stalledMs = waiting === this.#waited ? this.#stalledMs + stepMs : 0;
    this.#waited = waiting;
    if (this.#stalledMs >= stallMs) this.#host.reset(this, CANCEL);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (!this.#begun || this.#held.length > 0 || this.#heldEnd)
      process.nextTick(() => this.begin());
  }

  /** Hands on the head, and what has come behind it, as far as the owner wants it. */
  begin(): void {
    if (this.#paused || this.destroyed) return;
    if (!this.#begun) {
      this.#begun = true;
      this.#deal(this.#request.head);
    }
    while (!this.#paused && !this.destroyed) {
      const piece = this.#held.shift();
      if (!piece) break;
      this.#body(piece, 0, piece.length);
    }
    if (this.#heldEnd && this.#held.length === 0 && !this.#paused) this.#requestEnded();
  }

  /** Hands on the text, and bytes with what comes behind them. */
  #deal(text: string, from?: Buffer, start = 0, stop = 0, behind = ""): void {
    const { bytes } = slab;
    writeLatin1(bytes, text, HEADROOM);
    let end = HEADROOM + text.length;
    if (from) end += from.copy(bytes, end, start, stop);
    if (behind !== "") writeLatin1(bytes, behind, end);
    end += behind.length;
    this.bytesRead += end - HEADROOM;
    lentOut(slab);
    this.owner.data(bytes, HEADROOM, end);
    lentOut(undefined);
  }

  /** Content of one DATA frame. */
  receive(bytes: Buffer, start: number, end: number): void {
    if (this.#begun && !this.#paused && this.#held.length === 0) this.#body(bytes, start, end);
    else this.#held.push(Buffer.from(bytes.subarray(start, end)));
  }

  /** The visitor has sent all. */
  receivedAll(trailers: string): void {
    this.othersEnd = true;
    this.#heldEnd = true;
    this.#requestTrailers = trailers;
    if (this.#begun && !this.#paused && this.#held.length === 0) this.#requestEnded();
    else this.#settle();
  }

  #body(bytes: Buffer, start: number, end: number): void {
    this.#host.consumed(this, end - start);
    if (this.#answer.done) return;
    if (this.#answer.tunnels) this.#deal("", bytes, start, end);
    else if (this.#request.body === "chunked") {
      this.#deal(`${(end - start).toString(16)}\r\n`, bytes, start, end, "\r\n");
    } else if ((this.#left -= end - start) >= 0) this.#deal("", bytes, start, end);
    else this.#host.reset(this, PROTOCOL_ERROR);
  }

  #requestEnded(): void {
    this.#heldEnd = false;
    if (!this.#answer.done && !this.destroyed) {
      if (this.#answer.tunnels) this.owner.ended();
      else if (this.#request.body === "chunked") this.#deal(`0\r\n${this.#requestTrailers}\r\n`);
      else if (this.#left > 0) return this.#host.reset(this, PROTOCOL_ERROR);
    }
    this.#settle();
  }

  write(bytes: Buffer, start: number, end: number): boolean {
    if (this.destroyed) return false;
    this.bytesWritten += end - start;
    this.#answer.write(bytes, start, end);
    return !this.destroyed && this.#host.out.takesMore(this);
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
    if (!this.destroyed && !this.#answer.done) this.broken();
  }

  /** The answer is none, or not whole. */
  broken(): void {
    if (!this.destroyed) this.#host.reset(this, INTERNAL_ERROR);
  }

  keepAlive(afterMs: number): void {
    this.#host.wire.keepAlive(afterMs);
  }

  drained(): void {
    if (!this.destroyed) this.owner.drained();
  }

  endSent(): void {
    this.#ourEnd = true;
    this.#settle();
  }

  /** Both sides have ended; the visitor need not send the rest of a request that was answered early (RFC 9113, section 8.1). */
  #settle(): void {
    if (!this.#ourEnd || this.destroyed) return;
    if (this.othersEnd) this.#host.over(this);
    else this.#host.reset(this, NO_ERROR);
  }

  /** The stream is no more. */
  close(code: number): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.#host.out.forget(this);
    this.queue.length = 0;
    for (const piece of this.#held) this.#host.consumed(this, piece.length);
    this.#held = [];
    const error = this.#answer.done ? undefined : new StreamReset(`stream reset (${code})`);
    process.nextTick(() => this.owner.closed(error));
  }
}

function lengthOf(pieces: readonly Buffer[]): number {
  let sum = 0;
  for (const piece of pieces) sum += piece.length;
  return sum;
}
