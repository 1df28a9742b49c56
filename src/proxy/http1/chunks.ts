import { TOKEN, VALUE } from "./names.ts";

const SIZE = 0;
const EXTENSION = 1;
const SIZE_LF = 2;
const DATA = 3;
const DATA_CR = 4;
const DATA_LF = 5;
const LINE = 6;
const NAME = 7;
const TRAILER = 8;
const TRAILER_LF = 9;
const LAST_LF = 10;
const DONE = 11;

/** Digits of a chunk's size: 2⁵² and more is nobody's. */
const MOST_DIGITS = 13;
/** Bytes of one chunk's extensions, and of all trailers. */
const MOST_EXTENSION = 256;
const MOST_TRAILERS = 8192;
/**
 * Fields that mean how a message is framed, where it goes or who sent it: a trailer must not change it afterwards (RFC 9110,
 * section 6.5.1).
 */
const FORBIDDEN =
  /^(content-length|transfer-encoding|host|connection|trailer|te|upgrade|expect|cookie|set-cookie|authorization|content-(encoding|type|range)|cache-control|forwarded|x-(forwarded|warmline)-.*)$/;

/** @param name in lower case */
export function isForbiddenTrailer(name: string): boolean {
  return FORBIDDEN.test(name);
}
/**
 * Extensions of a chunk (RFC 9112, section 7.1.1). Nobody uses them, so they are read by the letter, and without white space: where
 * one recipient sees a second size or an open quote and another does not, requests are smuggled.
 */
const EXTENSIONS =
  /^(?:;[!#$%&'*+.^`|~\w-]+(?:=(?:[!#$%&'*+.^`|~\w-]+|"(?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"))?)*$/;

/** Reads the chunked coding (RFC 9112, section 7.1) strictly, whatever pieces it comes in. */
export class ChunkReader {
  #state = SIZE;
  #left = 0;
  #digits = 0;
  #count = 0;
  #name = "";
  /** The lines of the trailers, each with its CRLF; one character for each byte. */
  trailers = "";
  #extension = "";

  /** The last chunk and the trailers have been read. */
  get done(): boolean {
    return this.#state === DONE;
  }

  /**
   * Reads `bytes[start, end)` and returns the position behind what belongs to the body, or -1 when it is broken.
   *
   * @param content is given each range of content
   */
  read(
    bytes: Buffer,
    start: number,
    end: number,
    content?: (start: number, end: number) => void,
  ): number {
    let p = start;
    while (p < end && this.#state !== DONE) {
      if (this.#state === DATA) {
        const stop = Math.min(end, p + this.#left);
        content?.(p, stop);
        this.#left -= stop - p;
        p = stop;
        if (this.#left === 0) this.#state = DATA_CR;
      } else if (!this.#step(bytes[p++] as number)) return -1;
    }
    return p;
  }

  #step(byte: number): boolean {
    switch (this.#state) {
      case SIZE:
        return this.#size(byte);
      case EXTENSION:
        if (byte !== 13) {
          this.#extension += String.fromCharCode(byte);
          return this.#extension.length <= MOST_EXTENSION;
        }
        this.#state = SIZE_LF;
        return EXTENSIONS.test(this.#extension);
      case SIZE_LF:
        this.#count = 0;
        this.#extension = "";
        this.#state = this.#left > 0 ? DATA : LINE;
        this.#digits = 0;
        return byte === 10;
      case DATA_CR:
        this.#state = DATA_LF;
        return byte === 13;
      case DATA_LF:
        this.#state = SIZE;
        return byte === 10;
      default:
        return ++this.#count <= MOST_TRAILERS && this.#trailer(byte);
    }
  }

  #size(byte: number): boolean {
    const digit = HEX[byte] as number;
    if (digit < 16) {
      this.#left = this.#left * 16 + digit;
      return ++this.#digits <= MOST_DIGITS;
    }
    if (this.#digits === 0) return false;
    if (byte === 13) this.#state = SIZE_LF;
    else if (byte === 59) {
      this.#state = EXTENSION;
      this.#extension = ";";
    } else return false;
    return true;
  }

  #trailer(byte: number): boolean {
    if (this.#state === LINE) {
      this.#name = "";
      this.#state = byte === 13 ? LAST_LF : NAME;
      if (byte === 13) return true;
    }
    if (this.#state !== LAST_LF) this.trailers += String.fromCharCode(byte);
    switch (this.#state) {
      case NAME:
        if (byte === 58) {
          this.#state = TRAILER;
          return this.#name !== "" && !isForbiddenTrailer(this.#name);
        }
        this.#name += String.fromCharCode(TOKEN[byte] as number);
        return TOKEN[byte] !== 0;
      case TRAILER:
        if (byte === 13) this.#state = TRAILER_LF;
        else return VALUE[byte] === 1;
        return true;
      case TRAILER_LF:
        this.#state = LINE;
        return byte === 10;
      default:
        if (byte === 10) this.#state = DONE;
        return byte === 10;
    }
  }
}

/** The value of each hexadecimal digit, 16 for what is none. */
const HEX = new Uint8Array(256).fill(16);
for (let i = 0; i < 10; i++) HEX[48 + i] = i;
for (let i = 0; i < 6; i++) HEX[65 + i] = HEX[97 + i] = 10 + i;
