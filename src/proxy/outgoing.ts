import { writeLatin1 } from "./http1/latin1.ts";
import type { Out } from "./injection/stage.ts";
import type { Wire } from "./wire/wire.ts";

const CRLF = Buffer.from("\r\n");
const LAST = Buffer.from("\r\n0\r\n\r\n");
const ONLY_LAST = Buffer.from("0\r\n\r\n");
/** Pieces of together no more than that are copied into one: it costs less than to have the kernel gather them. */
const COPIED = 16_384;
/** Room for the longest line of a chunk's length. */
const LENGTH_LINE = 16;

/** One for all: what was copied there has left, or the writer keeps it and there is another. */
let scratch = Buffer.allocUnsafeSlow(COPIED);

/** What leaves for a visitor in one write: perhaps a head, then content, framed. */
export class Outgoing implements Out {
  readonly #chunked: boolean;
  /** Ranges that do not follow each other in the same bytes: those of piece i are `#ends[2i]` to `#ends[2i + 1]`. */
  #bytes: Buffer[] = [];
  #ends: number[] = [];
  #head = false;
  #length = 0;

  constructor(chunked: boolean) {
    this.#chunked = chunked;
  }

  /** The head goes in front of the first content. */
  head(bytes: Buffer, start: number, end: number): void {
    this.#add(bytes, start, end);
    this.#head = true;
  }

  put(bytes: Buffer, start: number, end: number): void {
    if (start >= end) return;
    // The length of a chunk is known when it leaves; its line has a place.
    if (this.#chunked && this.#length === 0) this.#add(Buffer.allocUnsafe(LENGTH_LINE), 0, 0);
    this.#add(bytes, start, end);
    this.#length += end - start;
  }

  #add(bytes: Buffer, start: number, end: number): void {
    const last = this.#bytes.length - 1;
    if (this.#bytes[last] === bytes && this.#ends[2 * last + 1] === start) {
      this.#ends[2 * last + 1] = end;
    } else {
      this.#bytes.push(bytes);
      this.#ends.push(start, end);
    }
  }

  /** Writes what there is as one chunk, or as it is; false when the wire has not taken all of it yet. */
  flush(wire: Wire, last: boolean): boolean {
    if (this.#chunked) this.#frame(last);
    const [bytes, ends] = [this.#bytes, this.#ends];
    const [only] = bytes;
    if (!only) return true;
    this.#bytes = [];
    this.#ends = [];
    this.#head = false;
    this.#length = 0;
    if (bytes.length === 1) return wire.write(only, ends[0] as number, ends[1] as number);
    let sum = 0;
    for (let i = 0; i < ends.length; i += 2) sum += (ends[i + 1] as number) - (ends[i] as number);
    if (sum <= COPIED) return writeCopied(wire, bytes, ends, sum);
    // Behind the end of an answer nothing is needed any more: there is the room that was left for what is appended.
    if (last && fitsBehind(bytes, ends)) {
      const end = copyInto(only, ends[1] as number, bytes, ends, 1);
      return wire.write(only, ends[0] as number, end);
    }
    return wire.writeAll(bytes.map((b, i) => b.subarray(ends[2 * i], ends[2 * i + 1])));
  }

  #frame(last: boolean): void {
    if (this.#length > 0) {
      const i = this.#head ? 1 : 0;
      const line = `${this.#length.toString(16)}\r\n`;
      writeLatin1(this.#bytes[i] as Buffer, line, 0);
      this.#ends[2 * i + 1] = line.length;
      this.#add(last ? LAST : CRLF, 0, last ? LAST.length : CRLF.length);
    } else if (last) this.#add(ONLY_LAST, 0, ONLY_LAST.length);
  }
}

function writeCopied(wire: Wire, bytes: Buffer[], ends: number[], sum: number): boolean {
  copyInto(scratch, 0, bytes, ends, 0);
  const taken = wire.write(scratch, 0, sum);
  if (!taken) scratch = Buffer.allocUnsafeSlow(COPIED);
  return taken;
}

/** Whether all pieces but the first have room behind it. */
function fitsBehind(bytes: readonly Buffer[], ends: readonly number[]): boolean {
  let room = (bytes[0] as Buffer).length - (ends[1] as number);
  for (let i = 1; i < bytes.length; i++) {
    if (bytes[i] === bytes[0]) return false;
    room -= (ends[2 * i + 1] as number) - (ends[2 * i] as number);
  }
  return room >= 0;
}

/** Copies pieces to `at`, one behind the other; returns where they end. */
function copyInto(
  to: Buffer,
  at: number,
  bytes: readonly Buffer[],
  ends: readonly number[],
  from: number,
): number {
  let end = at;
  for (let i = from; i < bytes.length; i++) {
    end += (bytes[i] as Buffer).copy(to, end, ends[2 * i], ends[2 * i + 1]);
  }
  return end;
}
