/** The gzip format (RFC 1952): where a member's parts are, and what its trailer becomes with something in front. */

/** CRC-32 and length of a member's content, four bytes each. */
export const TRAILER_BYTES = 8;
/** The fixed part of a member's header. */
export const HEADER_BYTES = 10;

/** The deflate coding makes at most so many bytes of one (258 of two bits). */
const MOST_RATIO = 1032;

/**
 * The position behind the header of a member that starts at `start` (section 2.3): 0 when it is not complete, -1 when it is none.
 */
export function headerEnd(bytes: Buffer, start: number, end: number): number {
  if (end - start < HEADER_BYTES) return 0;
  if (bytes[start] !== 0x1f || bytes[start + 1] !== 0x8b || bytes[start + 2] !== 8) return -1;
  const flags = bytes[start + 3] as number;
  if (flags === 0) return start + HEADER_BYTES;
  // Reserved bits "must be zero"; with a checksum over the header it is not worth the trouble.
  if ((flags & 0xe0) !== 0) return -1;
  let at = start + HEADER_BYTES;
  if ((flags & 4) !== 0) {
    if (at + 2 > end) return 0;
    at += 2 + bytes.readUInt16LE(at);
  }
  for (const named of [8, 16]) {
    if ((flags & named) === 0) continue;
    if (at >= end) return 0;
    const zero = bytes.subarray(at, end).indexOf(0);
    if (zero < 0) return 0;
    at += zero + 1;
  }
  if ((flags & 2) !== 0) at += 2;
  return at > end ? 0 : at;
}

/**
 * Where the next member starts in `bytes[from, end)`, or -1. Told by all of a header that is not free (magic, method, flags, XFL,
 * OS): one in 10¹¹ bytes of deflate data looks so by chance. A header that is cut off at `end` is not seen.
 */
export function nextMember(bytes: Buffer, from: number, end: number): number {
  const part = bytes.subarray(from, end);
  for (let at = part.indexOf(MAGIC); at >= 0; at = part.indexOf(MAGIC, at + 1)) {
    if (at + HEADER_BYTES > part.length) return -1;
    const [flags, extra, system] = [part[at + 3], part[at + 8], part[at + 9]] as [
      number,
      number,
      number,
    ];
    const known = extra === 0 || extra === 2 || extra === 4;
    if (flags < 0x20 && known && (system < 14 || system === 255)) return from + at;
  }
  return -1;
}
const MAGIC = Buffer.from([0x1f, 0x8b, 8]);

/** A stored block (RFC 1951, section 3.2.4), not the last one. It may stand before any other: it starts and ends on a byte. */
export function storedBlock(content: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt16LE(content.length, 1);
  head.writeUInt16LE(content.length ^ 0xffff, 3);
  return Buffer.concat([head, content]);
}

/**
 * The trailer of a member with `length` bytes of content, whose checksum is `crc`, in front of the content it had. When it cannot
 * be the trailer of what came (a body cut off, or followed by rubbish) it stays as it is, and as wrong as it was.
 *
 * @param trailer 8 bytes
 * @param deflated bytes of deflate data in the member
 */
export function trailerAfter(
  trailer: Buffer,
  crc: number,
  length: number,
  deflated: number,
): Buffer {
  const had = trailer.readUInt32LE(4);
  if (had > deflated * MOST_RATIO) return trailer;
  const result = Buffer.allocUnsafe(TRAILER_BYTES);
  result.writeUInt32LE(combinedCrc(crc, trailer.readUInt32LE(0), had), 0);
  result.writeUInt32LE((had + length) >>> 0, 4);
  return result;
}

/**
 * The CRC-32 of two pieces one after the other. A checksum is a remainder modulo a polynomial over GF(2): the first one's is
 * multiplied by x to the power of the bits that follow it (as zlib's crc32_combine does).
 *
 * @param length bytes of the second
 */
export function combinedCrc(first: number, second: number, length: number): number {
  let power = 1 << 31;
  for (let rest = length, bit = 3; rest !== 0; rest >>>= 1, bit++) {
    if ((rest & 1) === 1) power = product(POWERS[bit & 31] as number, power);
  }
  return (product(power, first) ^ second) >>> 0;
}

/** The product of two polynomials modulo that of CRC-32; the highest bit is the coefficient of x⁰. */
function product(a: number, b: number): number {
  let result = 0;
  for (let bit = 1 << 31, rest = b; ; bit >>>= 1) {
    if ((a & bit) !== 0) {
      result ^= rest;
      if ((a & (bit - 1)) === 0) return result;
    }
    rest = (rest & 1) === 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
}

/** x to the power of 2 to the power of i; the 32nd is the first again. */
const POWERS = new Int32Array(32);
POWERS[0] = 1 << 30;
for (let i = 1; i < 32; i++) POWERS[i] = product(POWERS[i - 1] as number, POWERS[i - 1] as number);
