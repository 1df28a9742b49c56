import { Transform } from "node:stream";
import { Appending, type Tail } from "./appending.ts";
import type { Writing } from "./charset.ts";
import { BombError, type Coding, decoding } from "./decode.ts";
import { encoding } from "./encode.ts";
import type { Stage, Streams } from "./stage.ts";

/**
 * Takes a page's coding off, appends, and puts the coding on again. Node's streams do that beside the event loop and hold the
 * origin back when the visitor reads slowly. Broken data breaks them, as it would break a browser's; a page that ends within its
 * coding ends there for the visitor too, with nothing appended.
 */
export function recoding(tail: Tail, coding: Coding, named?: Writing): Streams {
  let whole = true;
  const isWhole = () => whole;
  const without = (reason: "bomb" | "broken") =>
    tail.appended({ markup: false, loader: false, reason });
  const decoder = decoding(coding, () => {
    whole = false;
    without("broken");
  });
  decoder.once("error", (error) => {
    if (error instanceof BombError) without("bomb");
  });
  const appending = through(new Appending(tail, { named, adds: undefined }), isWhole);
  return [decoder, appending, encoding(coding, isWhole)];
}

/** A stage as a stream. */
function through(stage: Stage, whole: () => boolean): Transform {
  const stream: Transform = new Transform({
    transform(chunk: Buffer, _, done) {
      stage.take(chunk, 0, chunk.length, false, out);
      done();
    },
    flush(done) {
      if (whole()) stage.take(NOTHING, 0, 0, true, out);
      done();
    },
  });
  const out = {
    put: (bytes: Buffer, start: number, end: number) => {
      if (end > start) stream.push(bytes.subarray(start, end));
    },
  };
  return stream;
}

const NOTHING = Buffer.alloc(0);
