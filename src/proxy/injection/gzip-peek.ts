import * as zlib from "node:zlib";
import { headerEnd } from "./gzip-format.ts";
import { takesInFront } from "./page-start.ts";

/** Deflate data so long tells enough about most pages. */
const PEEKED_BYTES = 600;
/** Whoever sends a longer header has something else in mind than a page. */
const MOST_HEADER_BYTES = 1024;

/** What is to come in front of a page, and what its head says. */
export interface Asked {
  /** Bytes of content in front. */
  readonly length: number;
  /** The encoding is named in the answer's head. */
  readonly charset: boolean;
}

/**
 * Whether the front may go before the page whose gzip data starts so: undefined when too little has come to see any of the page.
 */
export function fit(
  bytes: Buffer,
  start: number,
  end: number,
  { length, charset }: Asked,
): boolean | undefined {
  const deflated = headerEnd(bytes, start, end);
  if (deflated === 0) return end - start > MOST_HEADER_BYTES ? false : undefined;
  if (deflated < 0) return false;
  const peeked = bytes.subarray(deflated, Math.min(end, deflated + PEEKED_BYTES));
  // Most pages that are asked for have been asked for a moment ago.
  const key = zlib.crc32(peeked, length * 2 + (charset ? 1 : 0));
  const known = seen.get(key);
  if (known && peeked.equals(known.peeked) && known.length === length && known.charset === charset)
    return known.fits;
  const page = inflated(peeked);
  if (page === "" && peeked.length < PEEKED_BYTES) return undefined;
  const fits = page !== undefined && takesInFront(page, length, charset);
  if (seen.size >= MOST_SEEN) seen.clear();
  seen.set(key, { peeked: new Uint8Array(peeked), length, charset, fits });
  return fits;
}

interface Seen extends Asked {
  readonly peeked: Uint8Array;
  readonly fits: boolean;
}
/** What was found of pages, by their first bytes. */
const seen = new Map<number, Seen>();
const MOST_SEEN = 500;

const INFLATING = {
  finishFlush: zlib.constants.Z_SYNC_FLUSH,
  chunkSize: 1024,
  maxOutputLength: 64 * 1024,
};

/** The first kilobyte of what the deflate data becomes, as latin1; undefined when it is broken or a bomb. */
function inflated(data: Buffer): string | undefined {
  try {
    return zlib.inflateRawSync(data, INFLATING).toString("latin1", 0, 1024);
  } catch {
    return undefined;
  }
}
