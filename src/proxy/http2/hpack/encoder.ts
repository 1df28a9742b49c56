import { writeLatin1 } from "../../http1/latin1.ts";
import { TOKEN } from "../../http1/names.ts";
import { STATIC } from "./static-table.ts";

/**
 * Field blocks that use the static table and nothing else: no table to keep for each visitor, and nothing in it to be guessed
 * (RFC 7541, section 7.1).
 */

/** Numbers of the table for names; each is found by its length and first letter. */
const buckets: (readonly [name: string, number: number][] | undefined)[] = [];
const bucketOf = (length: number, first: number) => (length << 5) | (first & 31);
for (const [i, [name]] of STATIC.entries()) {
  const bucket = bucketOf(name.length, name.charCodeAt(0));
  const all = buckets[bucket] ?? [];
  if (!all.some(([known]) => known === name)) buckets[bucket] = [...all, [name, i + 1]];
}
const STATUS = 8;
/** By their numbers in the table. */
const STATUSES = new Map<number, number>();
for (const [i, [name, value]] of STATIC.entries()) {
  if (name === ":status") STATUSES.set(Number(value), i + 1);
}
const SET_COOKIE = "set-cookie";
/** No compression behind us may keep it either (RFC 7541, section 7.1.3). */
const NEVER_KEPT = 0x10;
/** A field takes at most so much more than name and value. */
export const FIELD_ROOM = 12;

/** What says that the other side's table is not used any more, if it was told to be small (RFC 7541, section 4.2). */
export const TABLE_OF_NOTHING = 0x20;

/** Each writes at `at` and returns the position behind. */
export function writeStatus(out: Buffer, at: number, status: number): number {
  const number = STATUSES.get(status);
  if (number !== undefined) {
    out[at] = 0x80 | number;
    return at + 1;
  }
  out[at] = STATUS;
  out[at + 1] = 3;
  writeLatin1(out, String(status), at + 2);
  return at + 5;
}

/** A field whose name and value are ranges of the bytes; the name may be in any case. */
export function writeField(
  out: Buffer,
  at: number,
  bytes: Buffer,
  [nameStart, nameEnd, valueStart, valueEnd]: readonly [number, number, number, number],
): number {
  let end = at;
  const found = numberOf(bytes, nameStart, nameEnd);
  if (found) {
    end = writeInteger(out, end, found[0] === SET_COOKIE ? NEVER_KEPT : 0, 15, found[1]);
  } else {
    out[end++] = 0;
    end = writeInteger(out, end, 0, 127, nameEnd - nameStart);
    for (let i = nameStart; i < nameEnd; i++) out[end++] = TOKEN[bytes[i] as number] as number;
  }
  const length = valueEnd - valueStart;
  end = writeInteger(out, end, 0, 127, length);
  // For few bytes a call into the runtime costs more than the copying.
  if (length > 32) bytes.copy(out, end, valueStart, valueEnd);
  else for (let i = 0; i < length; i++) out[end + i] = bytes[valueStart + i] as number;
  return end + length;
}

function numberOf(
  bytes: Buffer,
  start: number,
  end: number,
): readonly [name: string, number: number] | undefined {
  const length = end - start;
  const all = length < 32 ? buckets[bucketOf(length, bytes[start] as number)] : undefined;
  return all?.find(([name]) => {
    for (let i = 0; i < length; i++) {
      if (TOKEN[bytes[start + i] as number] !== name.charCodeAt(i)) return false;
    }
    return true;
  });
}

/** @param bits in front of the integer, @param mask of those that are its own (RFC 7541, section 5.1) */
function writeInteger(out: Buffer, at: number, bits: number, mask: number, value: number): number {
  if (value < mask) {
    out[at] = bits | value;
    return at + 1;
  }
  out[at] = bits | mask;
  let end = at + 1;
  let rest = value - mask;
  for (; rest >= 128; rest >>= 7) out[end++] = (rest & 127) | 128;
  out[end++] = rest;
  return end;
}
