import { AnswerHead } from "../http1/answer-head.ts";
import { ChunkReader } from "../http1/chunks.ts";
import { INCOMPLETE } from "../http1/head.ts";

/** Who gets the parts of an answer, in their order. A head is valid during the call. */
export interface AnswerParts {
  /** An interim answer (1xx but 101). */
  interim(head: AnswerHead): void;
  /** `ends`: nothing follows. */
  head(head: AnswerHead, ends: boolean): void;
  /** 101: whatever follows is the tunnel's. */
  tunnel(head: AnswerHead): void;
  body(bytes: Buffer, start: number, end: number): void;
  /** The body was whole. Trailers are lines, each with its CRLF. */
  whole(trailers: string): void;
}

/** More is no head that the pipeline writes. */
const MOST_HEAD = 131_072;

const FIELDS = 0;
const LENGTH = 1;
const CHUNKS = 2;
const UNTIL_END = 3;
const TUNNEL = 4;
const DONE = 5;

/** One scan at a time: all readers share the positions. */
const scanned = new AnswerHead();

/** Takes the one HTTP/1.1 answer apart that goes over a stream of HTTP/2. */
export class AnswerReader {
  #state = FIELDS;
  #left = 0;
  #held = Buffer.alloc(0);
  readonly #chunks = new ChunkReader();
  readonly #parts: AnswerParts;
  readonly #toHead: boolean;

  /** @param toHead the request is HEAD */
  constructor(parts: AnswerParts, toHead: boolean) {
    this.#parts = parts;
    this.#toHead = toHead;
  }

  get done(): boolean {
    return this.#state === DONE;
  }

  /** Reads `bytes[start, end)`; false when that is no answer, or more than one. */
  read(bytes: Buffer, start: number, end: number): boolean {
    if (this.#state !== FIELDS) return this.#readBody(bytes, start, end);
    if (this.#held.length === 0 && end < bytes.length) return this.#readHeads(bytes, start, end);
    // The scanner wants a head in one piece, and a byte behind the end.
    const whole = Buffer.concat([this.#held, bytes.subarray(start, end), Buffer.alloc(1)]);
    this.#held = Buffer.alloc(0);
    return this.#readHeads(whole, 0, whole.length - 1);
  }

  /** The writer has ended: false when the answer is not whole. */
  ended(): boolean {
    if (this.#state !== UNTIL_END && this.#state !== TUNNEL) return this.#state === DONE;
    this.#state = DONE;
    this.#parts.whole("");
    return true;
  }

  /** Reads interim heads and the final one, and what is behind it. */
  #readHeads(bytes: Buffer, start: number, end: number): boolean {
    let p = start;
    while (this.#state === FIELDS) {
      if (p === end) return true;
      const next = scanned.scan(bytes, p, end);
      if (next < 0) return false;
      if (next === INCOMPLETE) {
        this.#held = Buffer.from(bytes.subarray(p, end));
        return this.#held.length <= MOST_HEAD;
      }
      this.#head();
      p = next;
    }
    return this.#readBody(bytes, p, end);
  }

  #head(): void {
    const { status } = scanned;
    if (status === 101) {
      this.#state = TUNNEL;
      this.#parts.tunnel(scanned);
    } else if (status < 200) this.#parts.interim(scanned);
    else {
      // A 205 has no body (RFC 9110, section 15.3.6), whatever its head says.
      const framing = status === 205 ? "none" : scanned.framing(this.#toHead);
      const ends = framing === "none" || (framing === "length" && scanned.length === 0);
      this.#left = scanned.length;
      if (ends) this.#state = DONE;
      else if (framing === "length") this.#state = LENGTH;
      else this.#state = framing === "chunked" ? CHUNKS : UNTIL_END;
      this.#parts.head(scanned, ends);
    }
  }

  #readBody(bytes: Buffer, start: number, end: number): boolean {
    if (start >= end) return true;
    switch (this.#state) {
      case LENGTH: {
        const stop = Math.min(end, start + this.#left);
        this.#left -= stop - start;
        this.#parts.body(bytes, start, stop);
        if (this.#left > 0) return true;
        this.#state = DONE;
        this.#parts.whole("");
        return stop === end;
      }
      case CHUNKS: {
        const behind = this.#chunks.read(bytes, start, end, (from, to) => {
          this.#parts.body(bytes, from, to);
        });
        if (behind < 0 || !this.#chunks.done) return behind >= 0;
        this.#state = DONE;
        this.#parts.whole(this.#chunks.trailers);
        return behind === end;
      }
      case UNTIL_END:
      case TUNNEL:
        this.#parts.body(bytes, start, end);
        return true;
      default:
        return false;
    }
  }
}
