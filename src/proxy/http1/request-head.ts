import { digits, Head, INCOMPLETE, MOST_FIELDS } from "./head.ts";
import { latin1Of } from "./latin1.ts";
import { CONTENT_LENGTH, HOST, TOKEN, TRANSFER_ENCODING } from "./names.ts";

/** Why a request is refused: the status that says so. */
export type Refusal = 400 | 431 | 501 | 505;

const SLASH = 47;

/** The head of a request (RFC 9112, section 3). */
export class RequestHead extends Head {
  methodEnd = 0;
  targetStart = 0;
  targetEnd = 0;
  /** 1 for HTTP/1.1, 0 for HTTP/1.0. */
  minor = 1;
  /** Length of the body; -1 when it is chunked. */
  length = 0;
  /** Set when `scan` returns -1. */
  refusal: Refusal = 400;
  /** What to say when `scan` returns INCOMPLETE and no more may come: the target is too long, or the fields are too many. */
  tooLarge: 414 | 431 = 431;

  get method(): string {
    const { bytes, start, methodEnd } = this;
    // Nearly every request is one; the constant costs nothing.
    const isGet = methodEnd - start === 3 && bytes[start] === 71 && bytes[start + 1] === 69;
    return isGet && bytes[start + 2] === 84 ? "GET" : latin1Of(bytes, start, methodEnd);
  }

  /** The target as it stands in the request line. */
  get target(): string {
    return latin1Of(this.bytes, this.targetStart, this.targetEnd);
  }

  /**
   * Scans `bytes[start, end)`. Returns the position behind the head, INCOMPLETE, or -1 with a `refusal`: whatever two servers
   * could read differently is refused (RFC 9112, section 11.2).
   */
  scan(bytes: Buffer, start: number, end: number): number {
    this.bytes = bytes;
    this.refusal = 400;
    this.tooLarge = 431;
    const kept = bytes[end] ?? 0;
    bytes[end] = 0;
    const line = this.#scanLine(start, end);
    bytes[end] = kept;
    if (line <= 0) return line;
    const result = this.scanFields(line, end);
    if (result > 0) return this.#framing() ? result : -1;
    if (this.count === MOST_FIELDS) this.refusal = 431;
    return result;
  }

  /** The request line. Ends at the sentinel behind the bytes, which is no byte of any part of it. */
  #scanLine(start: number, end: number): number {
    const { bytes } = this;
    let p = start;
    // RFC 9112, section 2.2: some send an empty line too many.
    while (bytes[p] === 13 && bytes[p + 1] === 10 && p < start + 4) p += 2;
    this.start = p;
    while (TOKEN[bytes[p] as number] !== 0) p++;
    if (p === end || (bytes[p] === 13 && p + 1 === end)) return INCOMPLETE;
    if (bytes[p] !== 32 || p === this.start) return -1;
    this.methodEnd = p++;
    this.targetStart = p;
    for (;;) {
      const byte = bytes[p] as number;
      if (byte <= 32 || byte === 127) break;
      // A fragment is never sent (RFC 9112, section 3.2.1): servers differ on what it would be.
      if (byte === 35) return -1;
      p++;
    }
    if (p === end) {
      this.tooLarge = 414;
      return INCOMPLETE;
    }
    if (bytes[p] !== 32 || p === this.targetStart) return -1;
    this.targetEnd = p++;
    return this.#scanVersion(p, end);
  }

  #scanVersion(p: number, end: number): number {
    const { bytes } = this;
    // "HTTP/1.x" CR LF
    for (let i = 0; i < 10; i++) {
      if (p + i === end) return INCOMPLETE;
      const byte = bytes[p + i] as number;
      const expected = VERSION[i] as number;
      if (expected !== 0 ? byte === expected : byte >= 48 && byte <= 57) continue;
      this.refusal = i === 5 && byte >= 48 && byte <= 57 ? 505 : 400;
      return -1;
    }
    const minor = (bytes[p + 7] as number) - 48;
    if (minor > 1) {
      this.refusal = 505;
      return -1;
    }
    this.minor = minor;
    return p + 10;
  }

  /** Finds the body's length; false when it is ambiguous (RFC 9112, section 6.3). */
  #framing(): boolean {
    this.length = 0;
    if (!this.has(HOST) || this.isRepeated(HOST)) return false;
    const { first } = this;
    const length = first[CONTENT_LENGTH] as number;
    const coding = first[TRANSFER_ENCODING] as number;
    if (length >= 0) {
      if (this.isRepeated(CONTENT_LENGTH) || coding >= 0) return false;
      this.length = digits(
        this.bytes,
        this.valueStart[length] as number,
        this.valueEnd[length] as number,
      );
      return this.length >= 0;
    }
    if (coding < 0) return true;
    if (this.isRepeated(TRANSFER_ENCODING) || this.minor === 0) return false;
    this.length = -1;
    if (this.is(TRANSFER_ENCODING, "chunked")) return true;
    // One coding that we do not know (RFC 9112, section 6.1); whatever hides the one that we do is no coding.
    if (/^[a-z\d-]+$/i.test(this.valueAt(coding))) this.refusal = 501;
    return false;
  }

  /** Whether the target is a path, as nearly always. */
  get isPath(): boolean {
    return this.bytes[this.targetStart] === SLASH;
  }
}

/** 0 stands for a digit. */
const VERSION = [...Buffer.from("HTTP/1.\0\r\n")];
