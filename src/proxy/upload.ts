import { ChunkReader } from "./http1/chunks.ts";

/** The body of a request on its way: how much of it is still to come. */
export class Upload {
  /** Whether there is a body at all. */
  readonly any: boolean;
  readonly #chunks: ChunkReader | undefined;
  #left: number;

  /** @param length of the body in bytes; -1 when it is chunked */
  constructor(length: number) {
    this.any = length !== 0;
    this.#left = Math.max(0, length);
    this.#chunks = length < 0 ? new ChunkReader() : undefined;
  }

  get done(): boolean {
    return this.#chunks ? this.#chunks.done : this.#left === 0;
  }

  /** The position behind what belongs to the body in `bytes[start, end)`; -1 when its framing is broken. */
  read(bytes: Buffer, start: number, end: number): number {
    if (this.#chunks) return this.#chunks.read(bytes, start, end);
    const stop = Math.min(end, start + this.#left);
    this.#left -= stop - start;
    return stop;
  }
}

/** That of a request without a body. */
export const NO_UPLOAD = new Upload(0);
