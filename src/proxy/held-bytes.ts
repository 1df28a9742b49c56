/** Bytes kept for later, copied from memory that is only lent. */
export class Held {
  bytes: Buffer = NONE;
  start = 0;
  end = 0;
  readonly #brief: boolean;

  /** @param brief it is used for one request: its memory may be part of what others have */
  constructor(brief = false) {
    this.#brief = brief;
  }

  get length(): number {
    return this.end - this.start;
  }

  append(from: Buffer, start: number, end: number): void {
    const length = end - start;
    // One byte more, for the sentinel of whoever scans them.
    if (this.end + length >= this.bytes.length) this.#grow(this.length + length + 1);
    from.copy(this.bytes, this.end, start, end);
    this.end += length;
  }

  clear(): void {
    this.start = 0;
    this.end = 0;
    if (this.bytes.length > KEPT) this.bytes = NONE;
  }

  /** Copies what is held in front of `start`, where there must be room, and holds nothing any more; where all begins now. */
  inFrontOf(bytes: Buffer, start: number): number {
    const { length } = this;
    if (length === 0) return start;
    this.bytes.copy(bytes, start - length, this.start, this.end);
    this.clear();
    return start - length;
  }

  #grow(length: number): void {
    const size = Math.max(1024, 2 ** Math.ceil(Math.log2(length)));
    const larger = this.#brief ? Buffer.allocUnsafe(size) : Buffer.allocUnsafeSlow(size);
    this.bytes.copy(larger, 0, this.start, this.end);
    this.end -= this.start;
    this.start = 0;
    this.bytes = larger;
  }
}

const NONE = Buffer.alloc(0);
/** A larger buffer is not kept for the next time. */
const KEPT = 4096;
