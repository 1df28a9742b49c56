import type { Transform } from "node:stream";
import { decoding, type Encoding } from "./decode.ts";
import { encoding } from "./encode.ts";
import { appendingTo, type Tail } from "./tail.ts";

/** The streams that append to a body, whatever its coding. Broken data breaks them, as it would break a browser's. */
export function appending(tail: Tail, coding: Encoding): [Transform, ...Transform[]] {
  const end = appendingTo(tail);
  return coding === "identity" ? [end] : [decoding(coding), end, encoding(coding)];
}
