/** One page's body on its way: content bytes in, content bytes out. */
export interface Stage {
  /** Bytes that it adds in all, when known before the body begins: then Content-Length can stay true. */
  readonly adds: number | undefined;
  /**
   * Takes the next content bytes `[start, end)` of `bytes`; hands on what is ready with `out`, in order. The ranges are valid only
   * during the call, so what is held back is copied. `last` with the final bytes (the range may be empty).
   */
  take(bytes: Buffer, start: number, end: number, last: boolean, out: Out): void;
}

export interface Out {
  put(bytes: Buffer, start: number, end: number): void;
}
