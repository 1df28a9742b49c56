import { Transform } from "node:stream";
import { Appending, type Tail } from "./appending.ts";
import type { Writing } from "./charset.ts";
import { BombError, type Coding, decoding } from "./decode.ts";
import { encoding } from "./encode.ts";
import type { Stage, Streams } from "./stage.ts";

/**
 * Takes a page's coding off, appends, and puts the coding on again. Node's streams do that beside the event loop and hold the
 * origin back when the visitor reads slowly. Broken data breaks them, as it would break a browser's.
 */
export function recoding(tail: Tail, coding: Coding, named?: Writing): Streams {
  const decoder = decoding(coding);
  decoder.once("error", (error) => {
    const reason = error instanceof BombError ? "bomb" : "broken";
    tail.appended({ markup: false, loader: false, reason });
  });
  return [decoder, through(new Appending(tail, { named, adds: undefined })), encoding(coding)];
}

/** A stage as a stream. */
function through(stage: Stage): Transform {
  const stream: Transform = new Transform({
    transform(chunk: Buffer, _, done) {
      stage.take(chunk, 0, chunk.length, false, out);
      done();
    },
    flush(done) {
      stage.take(NOTHING, 0, 0, true, out);
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
