import type { Duplex } from "node:stream";

/** One page's body on its way: content bytes in, content bytes out. */
export interface Stage {
  /** Bytes that it adds in all, when known before the body begins: then Content-Length can stay true. */
  readonly adds: number | undefined;
  /**
   * Takes the next content bytes `[start, end)` of `bytes`; hands on what is ready with `out`, in order. The ranges are valid only
   * during the call, so what is held back is copied. `last` with the final bytes (the range may be empty).
   *
   * A stage whose `adds` is undefined may find, before it has handed anything on, that the body has to go another way: through
   * the streams that it returns. This range and all that follow are then the caller's to write to them; what was held back is in
   * them already.
   */
  take(bytes: Buffer, start: number, end: number, last: boolean, out: Out): Streams | undefined;
}

export interface Out {
  put(bytes: Buffer, start: number, end: number): void;
}

/** Node's streams, one into the other: decoders and encoders work beside the event loop. */
export type Streams = readonly [Duplex, ...Duplex[]];
