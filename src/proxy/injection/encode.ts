import { Transform } from "node:stream";
import * as zlib from "node:zlib";
import type { Coding } from "./decode.ts";

/** Windows of 256 KB: enough for pages, and little memory for each page under way. */
const WINDOW_LOG = 18;

/**
 * Puts a coding on a body. Every chunk that goes in can be read at the other end at once: a slow page stays as fast as it is.
 *
 * @param whole asked at the end: a body that is not whole ends within its coding
 */
export function encoding(coding: Coding, whole: () => boolean): Transform {
  const inner = encoderFor(coding);
  const outer: Transform = new Transform({
    transform: (chunk: Buffer, _, done) => void inner.write(chunk, done),
    read(size) {
      inner.resume();
      Transform.prototype._read.call(this, size);
    },
    flush(done) {
      if (whole()) {
        inner.once("end", done);
        inner.resume();
        inner.end();
      } else {
        while (inner.read() !== null);
        done();
      }
    },
    destroy(error, done) {
      inner.destroy();
      done(error);
    },
  });
  inner.on("data", (data: Buffer) => {
    if (!outer.push(data)) inner.pause();
  });
  inner.on("error", (error) => outer.destroy(error));
  return outer;
}

function encoderFor(coding: Coding): Transform {
  const { constants } = zlib;
  switch (coding) {
    case "gzip":
    case "x-gzip":
      return zlib.createGzip({ level: 4, flush: constants.Z_SYNC_FLUSH });
    case "deflate":
      return zlib.createDeflate({ level: 4, flush: constants.Z_SYNC_FLUSH });
    case "br":
      return zlib.createBrotliCompress({
        flush: constants.BROTLI_OPERATION_FLUSH,
        params: {
          [constants.BROTLI_PARAM_QUALITY]: 4,
          [constants.BROTLI_PARAM_LGWIN]: WINDOW_LOG,
        },
      });
    case "zstd":
      return zlib.createZstdCompress({
        flush: constants.ZSTD_e_flush,
        params: { [constants.ZSTD_c_windowLog]: WINDOW_LOG },
      });
  }
}
