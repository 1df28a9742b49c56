/** Numbers and texts in few bytes, written one after the other and read in the same order. */

/** Writes into one buffer, used again and again. A number is written as a varint: seven bits a byte, least significant first. */
export class ByteWriter {
  readonly #bytes: Buffer;
  #at = 0;

  /** @param most bytes; the caller's bounds see to it that they are enough */
  constructor(most: number) {
    this.#bytes = Buffer.alloc(most);
  }

  begin(): this {
    this.#at = 0;
    return this;
  }

  /** What was written; good until the next `begin`. */
  end(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  /** A whole number from 0 to 2^53; anything else is written as 0. */
  number(value: number): void {
    const bytes = this.#bytes;
    let at = this.#at;
    let left = Number.isSafeInteger(value) && value > 0 ? value : 0;
    while (left >= 128) {
      bytes[at++] = (left % 128) | 128;
      left = Math.floor(left / 128);
    }
    bytes[at++] = left;
    this.#at = at;
  }

  /** A whole number that may be negative: the sign is the last bit. */
  distance(value: number): void {
    this.number(value < 0 ? -2 * value - 1 : 2 * value);
  }

  double(value: number): void {
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  /** A text in UTF-8, cut to so many bytes, but never within a character. */
  text(value: string, most: number): void {
    if (value.length <= most && this.#ascii(value)) return;
    const bytes = Buffer.from(value);
    let length = Math.min(bytes.length, most);
    // A byte 10xxxxxx goes on with a character (RFC 3629, section 3).
    if (length < bytes.length) while ((bytes[length]! & 0xc0) === 0x80) length--;
    this.number(length);
    bytes.copy(this.#bytes, this.#at, 0, length);
    this.#at += length;
  }

  /** Most texts are short and ASCII: this way they cost a tenth of a call out of JavaScript. */
  #ascii(text: string): boolean {
    const { length } = text;
    if (length >= 128) return false;
    const bytes = this.#bytes;
    const at = this.#at + 1;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 128) return false;
      bytes[at + i] = code;
    }
    bytes[this.#at] = length;
    this.#at = at + length;
    return true;
  }
}

/** Reads what a {@link ByteWriter} wrote. Past the end, everything is 0 or empty, and `isWhole` false. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Whether all bytes were read, and none that is not there. */
  get isWhole(): boolean {
    return this.#at === this.#bytes.length;
  }

  number(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      this.#at = at;
      if (byte === undefined) return 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  distance(): number {
    const value = this.number();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** The length of a list that cannot be longer than `most`. */
  count(most: number): number {
    return Math.min(this.number(), most);
  }

  double(): number {
    const at = this.#at;
    this.#at += 8;
    return this.#at <= this.#bytes.length ? this.#bytes.readDoubleLE(at) : 0;
  }

  text(): string {
    const length = this.number();
    const at = this.#at;
    this.#at += length;
    return this.#at <= this.#bytes.length ? this.#bytes.toString("utf8", at, this.#at) : "";
  }
}
