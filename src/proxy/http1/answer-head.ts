import { digits, Head, INCOMPLETE } from "./head.ts";
import { CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING, VALUE } from "./names.ts";

/** How the end of an answer's body is known (RFC 9112, section 6.3). */
export type AnswerFraming = "none" | "length" | "chunked" | "close";

const VERSION = [...Buffer.from("HTTP/1.\0 ")];

/** The head of an answer (RFC 9112, section 4). */
export class AnswerHead extends Head {
  status = 0;
  /** Of the reason phrase; an empty one may stand without the space before it. */
  reasonStart = 0;
  reasonEnd = 0;
  minor = 1;
  /** Content-Length, -1 without one. */
  length = -1;
  chunked = false;
  /** Whether the origin keeps the connection, if the body's framing allows it. */
  persistent = false;

  /** Scans `bytes[start, end)`: the position behind the head, INCOMPLETE, or -1 when it cannot be sent on. */
  scan(bytes: Buffer, start: number, end: number): number {
    this.bytes = bytes;
    this.start = start;
    const kept = bytes[end] ?? 0;
    bytes[end] = 0;
    const line = this.#scanLine(start, end);
    bytes[end] = kept;
    if (line <= 0) return line;
    const result = this.scanFields(line, end);
    return result > 0 && !this.#framing() ? -1 : result;
  }

  #scanLine(start: number, end: number): number {
    const { bytes } = this;
    let p = start;
    for (const expected of VERSION) {
      if (p === end) return INCOMPLETE;
      const byte = bytes[p] as number;
      if (expected !== 0 ? byte !== expected : byte !== 48 && byte !== 49) return -1;
      p++;
    }
    this.minor = (bytes[p - 2] as number) - 48;
    if (p + 3 >= end) return INCOMPLETE;
    this.status = digits(bytes, p, p + 3);
    p += 3;
    if (this.status < 100) return -1;
    if (bytes[p] === 32) p++;
    else if (bytes[p] !== 13) return -1;
    this.reasonStart = p;
    // What a reason may not hold is replaced when it is sent on; only its end has to be certain.
    while (bytes[p] !== 13 && bytes[p] !== 10 && p < end) p++;
    if (p + 1 >= end) return INCOMPLETE;
    if (bytes[p] !== 13 || bytes[p + 1] !== 10) return -1;
    this.reasonEnd = p;
    return p + 2;
  }

  #framing(): boolean {
    const { first, bytes } = this;
    const length = first[CONTENT_LENGTH] as number;
    const coding = first[TRANSFER_ENCODING] as number;
    this.length = -1;
    this.chunked = coding >= 0;
    this.persistent =
      this.minor === 1 && (this.is(CONNECTION, "keep-alive") || !this.lists(CONNECTION, "close"));
    if (length >= 0) {
      if (this.isRepeated(CONTENT_LENGTH) || this.chunked) return false;
      this.length = digits(
        bytes,
        this.valueStart[length] as number,
        this.valueEnd[length] as number,
      );
      return this.length >= 0;
    }
    if (!this.chunked) return true;
    // HTTP/1.0 knows no chunks (RFC 9112, section 6.1).
    if (this.isRepeated(TRANSFER_ENCODING) || this.minor === 0) return false;
    return this.is(TRANSFER_ENCODING, "chunked");
  }

  /** Whether the body is an HTML document (not XHTML, which is parsed as XML). */
  get isHtml(): boolean {
    if (!this.begins(CONTENT_TYPE, "text/html")) return false;
    const behind = (this.valueStart[this.first[CONTENT_TYPE] as number] as number) + 9;
    const byte = this.bytes[behind];
    return byte === 59 || byte === 13 || byte === 32 || byte === 9;
  }

  /** Whether the reason phrase may be sent on (RFC 9112, section 4). */
  reasonFits(): boolean {
    for (let i = this.reasonStart; i < this.reasonEnd; i++) {
      if (VALUE[this.bytes[i] as number] === 0) return false;
    }
    return true;
  }

  /** @param forHead the answer is one to HEAD */
  framing(forHead: boolean): AnswerFraming {
    const { status } = this;
    if (forHead || status === 204 || status === 304 || status < 200) return "none";
    if (this.chunked) return "chunked";
    return this.length >= 0 ? "length" : "close";
  }
}
