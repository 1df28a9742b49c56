import { randomBytes } from "node:crypto";
import * as zlib from "node:zlib";
import * as fc from "fast-check";
import t from "tap";
import type { Appended } from "./appending.ts";
import { Front, GzipFront } from "./gzip-front.ts";
import { fit } from "./gzip-peek.ts";
import type { Out, Streams } from "./stage.ts";

const FRONT = Buffer.from("<!DOCTYPE html><script async src=/l></script>");
const front = new Front("<script async src=/l></script>");
const HEAD = Buffer.from(
  `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Shop</title>`,
);
const PAGE = Buffer.concat([HEAD, Buffer.alloc(20_000, "<p>lorem ipsum</p>\n")]);

/** What becomes of a body that comes in pieces of these sizes: the last one again and again. */
function pass(body: Buffer, sizes: readonly number[] = [Infinity], first = 0) {
  const told: Appended[] = [];
  const parts: Buffer[] = [];
  const aside: Buffer[] = [];
  const out: Out = { put: (b, start, end) => void parts.push(Buffer.from(b.subarray(start, end))) };
  const otherwise = () =>
    [{ write: (b: Buffer) => void aside.push(Buffer.from(b)) }] as unknown as Streams;
  const way = { front, charset: false, otherwise, appended: (w: Appended) => void told.push(w) };
  const certain =
    fit(body, 0, Math.min(first, body.length), { length: FRONT.length, charset: false }) === true;
  const stage = new GzipFront(way, certain);
  let streams: Streams | undefined;
  for (let at = 0, i = 0, last = false; !last; i++) {
    const size = Math.max(i === 0 ? first : 1, sizes[Math.min(i, sizes.length - 1)] ?? Infinity);
    const end = Math.min(body.length, at + size);
    last = end === body.length;
    // The range stands somewhere in a larger buffer, that is used again at once.
    const range = body.subarray(at, end);
    const shared = Buffer.concat([Buffer.alloc(3, 0x1f), range, Buffer.alloc(9)]);
    streams ??= stage.take(shared, 3, 3 + range.length, last, out);
    shared.fill(0xff);
    if (streams) aside.push(range);
    at = end;
  }
  const [all, other] = [Buffer.concat(parts), streams && Buffer.concat(aside)];
  if (stage.adds !== undefined) t.equal(all.length, body.length + stage.adds);
  if (other) t.equal(all.length, 0, "nothing has been handed on");
  return { all, other, told, adds: stage.adds };
}

t.test("any page, deflated any way, in any pieces", async (t) => {
  let placed = 0;
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 3000 }),
      fc.integer({ min: -1, max: 9 }),
      fc.integer({ min: 0, max: 4 }),
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 }),
      fc.nat(400),
      (bytes, level, strategy, sizes, first) => {
        const page = Buffer.concat([HEAD, bytes]);
        const body = zlib.gzipSync(page, { level, strategy });
        const { all, other } = pass(body, sizes, first);
        if (other) return other.equals(body);
        placed++;
        return zlib.gunzipSync(all).equals(Buffer.concat([FRONT, page]));
      },
    ),
    { numRuns: 600 },
  );
  t.ok(placed > 300, `in front ${placed} times`);
});

t.test("a page that fits, from its first bytes on: its length is known", async (t) => {
  const body = zlib.gzipSync(PAGE);
  const { all, told, adds } = pass(body, [Infinity], 300);
  t.equal(adds, FRONT.length + 5);
  t.ok(zlib.gunzipSync(all).equals(Buffer.concat([FRONT, PAGE])));
  t.same(told, [{ markup: false, loader: true }]);
  t.equal(pass(body, [10, Infinity], 10).adds, undefined, "the header alone says nothing");
});

t.test("a header with everything in it", async (t) => {
  const plain = zlib.gzipSync(PAGE);
  const extra = Buffer.from([31, 139, 8, 31, 0, 0, 0, 0, 0, 3, 2, 0, 9, 9, 97, 0, 98, 0, 1, 2]);
  const body = Buffer.concat([extra, plain.subarray(10)]);
  for (const sizes of [[Infinity], [1, 700], [12, 700], [19, 700]]) {
    const { all } = pass(body, sizes);
    t.ok(all.subarray(0, extra.length).equals(extra));
    const rest = Buffer.concat([plain.subarray(0, 10), all.subarray(extra.length)]);
    t.ok(zlib.gunzipSync(rest).equals(Buffer.concat([FRONT, PAGE])), `in pieces of ${sizes[0]}`);
  }
});

t.test("several members, cut anywhere: only the first has the front", async (t) => {
  const one = zlib.gzipSync(PAGE.subarray(0, 3000));
  const members = [one, zlib.gzipSync("two"), zlib.gzipSync("three", { level: 1 })];
  const body = Buffer.concat(members);
  const expected = Buffer.concat([FRONT, PAGE.subarray(0, 3000), Buffer.from("twothree")]);
  let placed = 0;
  for (let at = 1; at < body.length; at++) {
    for (const sizes of [
      [at, Infinity],
      [at, 1],
      [at, 5],
      [at, 18],
      [at, 40],
    ]) {
      const { all, other } = pass(body, sizes);
      if (other) continue;
      placed++;
      if (!zlib.gunzipSync(all).equals(expected)) t.fail(`cut at ${at}, then ${sizes[1]}`);
    }
  }
  t.ok(placed > 100, `in front ${placed} times`);
});

t.test("what is cut off stays broken, what is broken stays as it is", async (t) => {
  const body = zlib.gzipSync(PAGE);
  for (let length = 0; length < body.length; length++) {
    const cut = body.subarray(0, length);
    const { all, other } = pass(cut, [400, 50]);
    if (other?.equals(cut)) continue;
    if (other) t.fail(`not what came, of ${length} bytes`);
    t.throws(() => zlib.gunzipSync(all), `${length} bytes`);
  }
  for (const noise of [Buffer.from("no gzip at all"), Buffer.alloc(0), Buffer.alloc(5000, 0x1f)])
    t.ok(pass(noise, [100]).other?.equals(noise));
});

t.test("hostile streams", async (t) => {
  const header = zlib.gzipSync("").subarray(0, 10);
  const text = Buffer.from(randomBytes(3000).toString("base64"));
  const bomb = zlib.gzipSync(Buffer.concat([HEAD, text, Buffer.alloc(64 * 1024 * 1024)]));
  const { all } = pass(bomb, [4096]);
  t.equal(all.length, bomb.length + FRONT.length + 5, "a bomb passes as it came");
  const endless = Buffer.concat([header, Buffer.alloc(5000, Buffer.from([0, 0, 0, 0xff, 0xff]))]);
  t.equal(pass(endless, [100]).other?.length, endless.length, "blocks without content");
  const name = Buffer.concat([header.fill(8, 3, 4), Buffer.alloc(5000, "a")]);
  t.equal(pass(name, [100]).other?.length, name.length, "an endless name");
  fc.assert(
    fc.property(
      fc.nat(PAGE.length),
      fc.uint8Array({ minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 900 }),
      (at, noise, size) => {
        const body = zlib.gzipSync(PAGE);
        body.set(noise.subarray(0, body.length - (at % body.length)), at % body.length);
        const { all, other } = pass(body, [size]);
        return other ? other.equals(body) : all.length === body.length + FRONT.length + 5;
      },
    ),
    { numRuns: 300 },
  );
});

t.test("no page, or one that cannot take it, goes another way as a whole", async (t) => {
  for (const page of ["", "<div>a fragment</div>", `\ufeff${HEAD.toString()}`, "<html><head>"]) {
    const body = zlib.gzipSync(page);
    for (const sizes of [[Infinity], [1], [11, 3]]) {
      const { other, told } = pass(body, sizes);
      t.ok(other?.equals(body), `${page} in pieces of ${sizes[0]}`);
      t.same(told, []);
    }
  }
});
