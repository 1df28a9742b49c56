import { type Duplex, Transform } from "node:stream";
import * as zlib from "node:zlib";
import type { Encoding } from "./plan.ts";

/** The streams that append bytes at the very end of a body, whatever its encoding. Broken data breaks the stream. */
export function appending(bytes: Buffer, encoding: Encoding): Duplex[] {
  const end = new Transform({
    transform: (chunk: Buffer, _, done) => done(null, chunk),
    flush: (done) => done(null, bytes),
  });
  switch (encoding) {
    case "identity":
      return [end];
    case "gzip":
    case "x-gzip":
      return [zlib.createGunzip(), end, zlib.createGzip({ level: 4 })];
    case "deflate":
      return [zlib.createInflate(), end, zlib.createDeflate({ level: 4 })];
    case "br":
      return [
        zlib.createBrotliDecompress(),
        end,
        zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
      ];
    case "zstd":
      return [zlib.createZstdDecompress(), end, zlib.createZstdCompress()];
  }
}
