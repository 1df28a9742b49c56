import { Transform } from "node:stream";
import * as zlib from "node:zlib";

/** Content codings that can be taken off and put on again; `identity` needs neither. */
export const ENCODINGS = ["identity", "gzip", "x-gzip", "deflate", "br", "zstd"] as const;
export type Encoding = (typeof ENCODINGS)[number];
export type Coding = Exclude<Encoding, "identity">;

/** A body that becomes far larger than any page: the connection is broken rather than the machine kept busy. */
export class BombError extends Error {
  readonly code = "WL_BODY_BOMB";
}

/** Every page so small is decoded, whatever the ratio. */
const HARMLESS_BYTES = 4 * 1024 * 1024;
const MOST_RATIO = 250;
const MOST_BYTES = 512 * 1024 * 1024;
/** RFC 9659: what a decoder of content must support, and need not exceed. */
const ZSTD_WINDOW_LOG = 23;

/**
 * Takes a coding off a body. Starts with the first byte, because an answer that is empty has no coding either. Broken data
 * and bombs break the stream; what follows the end of the coded data is ignored, as browsers do.
 *
 * @param cutOff called before the end of a body that ends within its coding: browsers show what there is of it
 */
export function decoding(coding: Coding, cutOff: () => void): Transform {
  let inner: Decoder | undefined;
  let written = 0;
  let over = false;
  let ending: (() => void) | undefined;
  let came = 0;
  let went = 0;
  const outer: Transform = new Transform({
    transform(chunk: Buffer, _, done) {
      came += chunk.length;
      feed(chunk, done);
    },
    read(size) {
      inner?.resume();
      Transform.prototype._read.call(this, size);
    },
    flush(done) {
      if (!inner) return done();
      inner.once("end", done);
      ending = () => {
        cutOff();
        done();
      };
      // What it has must not be lost when it ends with an error.
      while (inner.read() !== null);
      inner.end();
    },
    destroy(error, done) {
      inner?.destroy();
      done(error);
    },
  });

  function feed(chunk: Buffer, done: (error?: Error | null) => void): void {
    if (over || chunk.length === 0) return done();
    inner ??= start(chunk);
    const decoder = inner;
    written += chunk.length;
    let ahead = true;
    // A decoder that wants no more ends instead of calling back, or calls back when it is destroyed after its end.
    const ended = () => {
      ahead = false;
      inner = undefined;
      const left = written - decoder.bytesWritten;
      // RFC 8878, section 3.1: frames may follow one another; Node's decoder stops after one.
      if (coding === "zstd") return feed(chunk.subarray(chunk.length - left), done);
      over = true;
      done();
    };
    decoder.once("end", ended);
    decoder.write(chunk, (error) => {
      decoder.off("end", ended);
      if (ahead) done(error);
    });
  }
  function start(first: Buffer): Decoder {
    const decoder = decoderFor(coding, first[0] ?? 0);
    written = 0;
    decoder.on("error", (error: NodeJS.ErrnoException) => {
      if (ending && error.code === "Z_BUF_ERROR") ending();
      else outer.destroy(error);
    });
    decoder.on("data", (data: Buffer) => {
      went += data.length;
      if (went > MOST_BYTES || (went > HARMLESS_BYTES && went > came * MOST_RATIO))
        outer.destroy(new BombError("a body became far larger than it was"));
      else if (!outer.push(data)) decoder.pause();
    });
    return decoder;
  }
  return outer;
}

type Decoder = Transform & { readonly bytesWritten: number };

function decoderFor(coding: Coding, first: number): Decoder {
  switch (coding) {
    case "gzip":
    case "x-gzip":
      return zlib.createGunzip();
    case "deflate":
      // RFC 9110, section 8.4.1.2: some send it without the zlib format around it, and browsers take it.
      return (first & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw();
    case "br":
      return zlib.createBrotliDecompress();
    case "zstd":
      return zlib.createZstdDecompress({
        params: { [zlib.constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG },
      });
  }
}
