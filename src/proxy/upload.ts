import { ChunkReader } from "./http1/chunks.ts";

/** The body of a request on its way: how much of it is still to come. */
export class Upload {
  /** Whether there is a body at all. */
  readonly any: boolean;
  readonly #chunks: ChunkReader | undefined;
  #left: number;
  /** What has come so far, with the framing of its chunks. */
  taken = 0;
  /** It is longer than it may be. */
  tooLarge = false;
  #most = Infinity;

  /** @param length of the body in bytes; -1 when it is chunked */
  constructor(length: number) {
    this.any = length !== 0;
    this.#left = Math.max(0, length);
    this.#chunks = length < 0 ? new ChunkReader() : undefined;
  }

  get done(): boolean {
    return this.#chunks ? this.#chunks.done : this.#left === 0;
  }

  /** It must not be longer than so many bytes; false when it is already, or says that it will be. */
  limit(most: number): boolean {
    this.#most = most;
    this.tooLarge = this.taken + this.#left > most;
    return !this.tooLarge;
  }

  /**
   * The position behind what belongs to the body in `bytes[start, end)`; -1 when its framing is broken, or it is longer than it may be.
   */
  read(bytes: Buffer, start: number, end: number): number {
    if (this.#chunks) {
      const behind = this.#chunks.read(bytes, start, end);
      if (behind < 0) return -1;
      this.taken += behind - start;
      this.tooLarge = this.taken > this.#most;
      return this.tooLarge ? -1 : behind;
    }
    const stop = Math.min(end, start + this.#left);
    this.#left -= stop - start;
    this.taken += stop - start;
    return stop;
  }
}

/** That of a request without a body. */
export const NO_UPLOAD = new Upload(0);
