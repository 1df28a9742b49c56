import * as zlib from "node:zlib";
import * as fc from "fast-check";
import t from "tap";
import { combinedCrc, headerEnd, nextMember, storedBlock, trailerAfter } from "./gzip-format.ts";

const MAGIC = [0x1f, 0x8b, 8];
const header = (flags: number, ...rest: number[]) =>
  Buffer.from([...MAGIC, flags, 0, 0, 0, 0, 0, 3, ...rest]);

t.test("where a header ends", async (t) => {
  const cases: readonly (readonly [what: string, header: Buffer])[] = [
    ["plain", header(0)],
    ["text", header(1)],
    ["extra", header(4, 2, 0, 9, 9)],
    ["name", header(8, 97, 98, 0)],
    ["comment", header(16, 97, 0)],
    ["checksum", header(2, 1, 2)],
    ["all", header(31, 1, 0, 9, 97, 0, 98, 98, 0, 1, 2)],
    ["no name, no comment", header(24, 0, 0)],
  ];
  for (const [what, head] of cases) {
    const bytes = Buffer.concat([Buffer.alloc(3), head, Buffer.from([0, 1, 0])]);
    t.equal(headerEnd(bytes, 3, bytes.length), 3 + head.length, what);
    for (let end = 3; end < 3 + head.length; end++)
      if (headerEnd(bytes, 3, end) !== 0) t.fail(`${what}: complete at ${end}`);
  }
  const none = [
    header(0x20),
    header(0x80),
    Buffer.from("<!doctype html>"),
    header(0).fill(9, 2, 3),
  ];
  for (const [i, bytes] of none.entries()) t.equal(headerEnd(bytes, 0, bytes.length), -1, `${i}`);
});

t.test("where another member starts", async (t) => {
  const first = zlib.gzipSync("one");
  const bytes = Buffer.concat([first, zlib.gzipSync("two")]);
  t.equal(nextMember(bytes, 1, bytes.length), first.length);
  t.equal(nextMember(bytes, 1, first.length + 9), -1, "cut off");
  t.equal(nextMember(bytes, first.length + 1, bytes.length), -1);
  const looksSo = Buffer.from([...MAGIC, 0x40, ...header(0)]);
  t.equal(nextMember(looksSo, 0, looksSo.length), 4, "behind what only looks so");
  for (const other of [header(0x40), header(0).fill(3, 8, 9), header(0).fill(99, 9)])
    t.equal(nextMember(other, 0, 10), -1, other.toString("hex"));
  t.equal(nextMember(first, 5, 3), -1);
});

t.test("checksums of pieces", async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.uint8Array({ maxLength: 400 }), (a, b) => {
      const both = zlib.crc32(Buffer.concat([a, b]));
      return combinedCrc(zlib.crc32(a), zlib.crc32(b), b.length) === both;
    }),
    { numRuns: 500 },
  );
  const zeros = Buffer.alloc(70_000_001);
  const whole = zlib.crc32(Buffer.concat([Buffer.from("a"), zeros]));
  t.equal(combinedCrc(zlib.crc32("a"), zlib.crc32(zeros), zeros.length), whole, "a long one");
});

t.test("a block in front, and the trailer with it", async (t) => {
  const [front, page] = [Buffer.from("front"), Buffer.from("page")];
  const gzip = zlib.gzipSync(page);
  const trailer = trailerAfter(gzip.subarray(-8), zlib.crc32(front), front.length, gzip.length);
  const body = [gzip.subarray(0, 10), storedBlock(front), gzip.subarray(10, -8), trailer];
  t.equal(zlib.gunzipSync(Buffer.concat(body)).toString(), "frontpage");
  const impossible = Buffer.from([1, 2, 3, 4, 0, 0, 0, 9]);
  t.equal(trailerAfter(impossible, 1, 1, 4000), impossible, "not one of this little data");
});
