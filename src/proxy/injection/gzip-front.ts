import * as zlib from "node:zlib";
import type { Appended } from "./appending.ts";
import {
  HEADER_BYTES,
  headerEnd,
  nextMember,
  storedBlock,
  TRAILER_BYTES,
  trailerAfter,
} from "./gzip-format.ts";
import { fit } from "./gzip-peek.ts";
import type { Out, Stage, Streams } from "./stage.ts";

/** What comes in front of a page: its own doctype once more, and the loader. One serves any number of pages. */
export class Front {
  readonly #crc: number;
  /** Bytes of content. */
  readonly length: number;
  readonly block: Buffer;

  /** @param loader a script element of ASCII */
  constructor(loader: string) {
    const content = Buffer.from(`<!DOCTYPE html>${loader}`, "latin1");
    this.length = content.length;
    this.block = storedBlock(content);
    this.#crc = zlib.crc32(content);
  }

  /** The trailer of a member of `deflated` bytes with the front in it, from the one that it `had`. */
  trailer(had: Buffer, deflated: number): Buffer {
    return trailerAfter(had, this.#crc, this.length, deflated);
  }
}

/** Held back: a trailer, and as much of another member's header as does not tell yet that it is one. */
const HELD_BYTES = TRAILER_BYTES + HEADER_BYTES - 1;
const NOTHING = Buffer.alloc(0);

/** What a page with a front needs. */
export interface FrontWay {
  readonly front: Front;
  /** The encoding is named in the answer's head. */
  readonly charset: boolean;
  /** Makes the streams for a page that cannot take it. */
  otherwise(): Streams;
  /** Called once, at the end of a whole body. */
  appended(what: Appended): void;
}

/**
 * Puts the loader in front of a gzip page without taking the page apart: one stored block before the page's own deflate data,
 * whose references to what came before never reach back behind its own beginning. Checksum and length in the trailer follow.
 * Whatever a peek at the first bytes does not vouch for (`page-start.ts`) goes another way. What is broken stays broken.
 */
export class GzipFront implements Stage {
  readonly adds: number | undefined;
  readonly #way: FrontWay;
  #state: "undecided" | "fits" | "placed" | "over";
  #held = NOTHING;
  /** Bytes of the member that have been handed on, its header apart. */
  #passed = 0;

  /** @param certain `fit` has said so, of bytes that will be given to `take` first */
  constructor(way: FrontWay, certain: boolean) {
    this.#way = way;
    this.#state = certain ? "fits" : "undecided";
    this.adds = certain ? way.front.block.length : undefined;
  }

  take(bytes: Buffer, start: number, end: number, last: boolean, out: Out): Streams | undefined {
    const held = this.#release(bytes, start, end, out);
    this.#held = NOTHING;
    const joined = held.length === 0 ? bytes : Buffer.concat([held, bytes.subarray(start, end)]);
    const [from, to] = held.length === 0 ? [start, end] : [0, joined.length];
    const streams = this.#next(joined, from, to, last, out);
    streams?.[0].write(held);
    if (last && !streams) this.#way.appended({ markup: false, loader: true });
    return streams;
  }

  /** Hands on what was held back, if the next bytes tell that it is no trailer; returns what must be held back still. */
  #release(bytes: Buffer, start: number, end: number, out: Out): Buffer {
    const held = this.#held;
    if (this.#state !== "placed" || end - start <= HELD_BYTES) return held;
    const seam = Buffer.concat([held, bytes.subarray(start, start + HELD_BYTES + 1)]);
    if (nextMember(seam, TRAILER_BYTES, seam.length) >= 0) return held;
    out.put(held, 0, held.length);
    this.#passed += held.length;
    return NOTHING;
  }

  /** The bytes begin with what was held back. */
  #next(bytes: Buffer, start: number, end: number, last: boolean, out: Out): Streams | undefined {
    switch (this.#state) {
      case "undecided": {
        const fits = fit(bytes, start, end, {
          length: this.#way.front.length,
          charset: this.#way.charset,
        });
        if (fits === false || (last && !fits)) return this.#way.otherwise();
        if (!fits) {
          this.#held = Buffer.from(bytes.subarray(start, end));
          return undefined;
        }
        return this.#place(bytes, start, end, last, out);
      }
      case "fits":
        return this.#place(bytes, start, end, last, out);
      case "placed":
        return this.#pass(bytes, start, end, last, out);
      case "over":
        out.put(bytes, start, end);
        return undefined;
    }
  }

  #place(bytes: Buffer, start: number, end: number, last: boolean, out: Out): undefined {
    const { block } = this.#way.front;
    const deflated = headerEnd(bytes, start, end);
    this.#state = "placed";
    out.put(bytes, start, deflated);
    out.put(block, 0, block.length);
    this.#pass(bytes, deflated, end, last, out);
  }

  /** Hands on what is behind the member's header, but for what may be the trailer. */
  #pass(bytes: Buffer, start: number, end: number, last: boolean, out: Out): undefined {
    const next = nextMember(bytes, start + TRAILER_BYTES, end);
    if (next < 0 && !last) {
      const held = Math.max(start, end - HELD_BYTES);
      out.put(bytes, start, held);
      this.#passed += held - start;
      this.#held = Buffer.from(bytes.subarray(held, end));
      return;
    }
    this.#state = "over";
    const stop = next < 0 ? end : next;
    const trailer = stop - TRAILER_BYTES;
    if (trailer < start) out.put(bytes, start, end);
    else {
      out.put(bytes, start, trailer);
      const member = this.#passed + stop - start;
      out.put(this.#way.front.trailer(bytes.subarray(trailer, stop), member), 0, TRAILER_BYTES);
      out.put(bytes, stop, end);
    }
  }
}
