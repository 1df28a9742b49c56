import type { Out } from "./injection/stage.ts";
import type { Wire } from "./wire/wire.ts";

const CRLF = Buffer.from("\r\n");
const LAST = Buffer.from("\r\n0\r\n\r\n");
const ONLY_LAST = Buffer.from("0\r\n\r\n");

/** What leaves for a visitor in one write: perhaps a head, then content, framed. Pieces are ranges; nothing is copied. */
export class Outgoing implements Out {
  readonly #chunked: boolean;
  #head: Buffer | undefined;
  #content: Buffer[] = [];
  #length = 0;

  constructor(chunked: boolean) {
    this.#chunked = chunked;
  }

  /** The head goes in front of the first content. */
  head(bytes: Buffer, start: number, end: number): void {
    this.#head = bytes.subarray(start, end);
  }

  put(bytes: Buffer, start: number, end: number): void {
    if (start >= end) return;
    this.#content.push(bytes.subarray(start, end));
    this.#length += end - start;
  }

  /** Writes what there is as one chunk, or as it is; false when the wire has not taken all of it yet. */
  flush(wire: Wire, last: boolean): boolean {
    const pieces = this.#content;
    if (this.#chunked && this.#length > 0) {
      pieces.unshift(Buffer.from(`${this.#length.toString(16)}\r\n`, "latin1"));
      pieces.push(last ? LAST : CRLF);
    } else if (this.#chunked && last) pieces.push(ONLY_LAST);
    if (this.#head) pieces.unshift(this.#head);
    this.#head = undefined;
    this.#content = [];
    this.#length = 0;
    const [only] = pieces;
    if (!only) return true;
    return pieces.length === 1 ? wire.write(only, 0, only.length) : wire.writeAll(pieces);
  }
}
