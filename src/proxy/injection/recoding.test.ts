import { once } from "node:events";
import { type Duplex, Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as zlib from "node:zlib";
import * as fc from "fast-check";
import t from "tap";
import type { Appended, Tail } from "./appending.ts";
import type { Coding } from "./decode.ts";
import { recoding } from "./recoding.ts";

const codings: Record<Coding, [coded: (b: Buffer) => Buffer, plain: (b: Buffer) => Buffer]> = {
  gzip: [(b) => zlib.gzipSync(b), (b) => zlib.gunzipSync(b)],
  "x-gzip": [(b) => zlib.gzipSync(b), (b) => zlib.gunzipSync(b)],
  deflate: [(b) => zlib.deflateSync(b), (b) => zlib.inflateSync(b)],
  br: [(b) => zlib.brotliCompressSync(b), (b) => zlib.brotliDecompressSync(b)],
  zstd: [(b) => zlib.zstdCompressSync(b), (b) => zlib.zstdDecompressSync(b)],
};
const all = Object.entries(codings) as [Coding, (typeof codings)[Coding]][];

function tailOf(part: Partial<Tail> = {}): Tail & { told: Appended[] } {
  const told: Appended[] = [];
  return {
    told,
    markup: "<p>Hi</p>",
    loader: "<script></script>",
    allowed: () => ({ script: true, form: true }),
    appended: (what) => void told.push(what),
    ...part,
  };
}
const TAIL = "<p>Hi</p><script></script>";

async function through(stages: readonly Duplex[], chunks: Iterable<Buffer>): Promise<Buffer> {
  const out: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      out.push(chunk);
      done();
    },
  });
  await pipeline([Readable.from(chunks), ...stages, sink]);
  return Buffer.concat(out);
}
function* cut(body: Buffer, size: number) {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

/** What can be read of a body that is cut off. */
function shown(coding: Coding, body: Buffer): Buffer {
  const { constants } = zlib;
  switch (coding) {
    case "br":
      return zlib.brotliDecompressSync(body, { finishFlush: constants.BROTLI_OPERATION_FLUSH });
    case "zstd":
      return zlib.zstdDecompressSync(body, { finishFlush: constants.ZSTD_e_flush });
    default:
      return zlib.unzipSync(body, { finishFlush: constants.Z_SYNC_FLUSH });
  }
}

for (const [coding, [coded, plain]] of all) {
  t.test(`${coding}: any page, cut anywhere`, async (t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.nat(40),
        async (b, size) => {
          const page = Buffer.from([0x61, ...b, ...Buffer.from("</html>")]);
          const out = await through(recoding(tailOf(), coding), cut(coded(page), size + 1));
          return plain(out).equals(Buffer.concat([page, Buffer.from(TAIL)]));
        },
      ),
      { numRuns: 40 },
    );
    t.pass();
  });
  t.test(`${coding}: what has been tampered with breaks, or is a page still`, async (t) => {
    const body = coded(Buffer.from("<p>lorem ipsum dolor sit amet</p>\n".repeat(40)));
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (place, change) => {
        const hostile = Buffer.from(body);
        const at = place % body.length;
        hostile[at] = (hostile[at] ?? 0) ^ change;
        const tail = tailOf();
        const out = await through(recoding(tail, coding), cut(hostile, 50)).catch(() => undefined);
        const [told] = tail.told;
        if (!out) return told === undefined || told.reason === "bomb";
        if (told?.reason === "broken") return true;
        return told !== undefined && plain(out).toString().endsWith(TAIL) === told.loader;
      }),
      { numRuns: 40 },
    );
    t.pass();
  });
  t.test(`${coding}: a large page`, async (t) => {
    const page = Buffer.from("<p>lorem ipsum</p>\n".repeat(50_000));
    const out = await through(recoding(tailOf(), coding), cut(coded(page), 4096));
    t.ok(plain(out).equals(Buffer.concat([page, Buffer.from(TAIL)])));
  });
  t.test(`${coding}: no body is no page`, async (t) => {
    const tail = tailOf();
    const out = await through(recoding(tail, coding), []);
    t.equal(plain(out).length, 0);
    t.match(tail.told, [{ markup: false, loader: false, reason: "empty" }]);
  });
  t.test(`${coding}: what has come can be read before the rest comes`, async (t) => {
    const stages = recoding(tailOf(), coding);
    const [first] = stages;
    const last = stages.reduce((a, b) => a.pipe(b));
    const reader = {
      br: () => zlib.createBrotliDecompress(),
      zstd: () => zlib.createZstdDecompress(),
      deflate: () => zlib.createInflate(),
      gzip: () => zlib.createGunzip(),
      "x-gzip": () => zlib.createGunzip(),
    }[coding]();
    last.pipe(reader);
    const origin = {
      br: () => zlib.createBrotliCompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH }),
      zstd: () => zlib.createZstdCompress({ flush: zlib.constants.ZSTD_e_flush }),
      deflate: () => zlib.createDeflate({ flush: zlib.constants.Z_SYNC_FLUSH }),
      gzip: () => zlib.createGzip({ flush: zlib.constants.Z_SYNC_FLUSH }),
      "x-gzip": () => zlib.createGzip({ flush: zlib.constants.Z_SYNC_FLUSH }),
    }[coding]();
    origin.pipe(first);
    for (const part of ["<p>one", "<p>two"]) {
      origin.write(part);
      const [data] = (await once(reader, "data")) as [Buffer];
      t.equal(data.toString(), part);
    }
    origin.end();
    const [end] = (await once(reader, "data")) as [Buffer];
    t.equal(end.toString(), TAIL);
    await once(reader, "end");
  });
  t.test(`${coding}: a broken body breaks the stream`, async (t) => {
    const tail = tailOf();
    await t.rejects(through(recoding(tail, coding), [Buffer.from("\u0007no coding at all")]));
    t.same(tail.told, []);
  });
  t.test(`${coding}: a body cut off within its coding is cut off there again`, async (t) => {
    const page = Buffer.from("<p>lorem ipsum dolor</p>\n".repeat(4000));
    const body = coded(page);
    for (let end = 1; end < body.length; end += Math.ceil(body.length / 50)) {
      const tail = tailOf();
      const out = await through(recoding(tail, coding), cut(body.subarray(0, end), 33));
      t.same(tail.told, [{ markup: false, loader: false, reason: "broken" }]);
      t.throws(() => plain(out), { code: "Z_BUF_ERROR" });
      t.ok(shown(coding, out).equals(shown(coding, body.subarray(0, end))), `${end} bytes of it`);
    }
  });
}

t.test("gzip in several members, deflate without its format, zstd in several frames", async (t) => {
  const two = [zlib.gzipSync("<p>one"), zlib.gzipSync("<p>two")];
  const body = Buffer.concat(two);
  for (let at = 1; at < body.length; at++) {
    const chunks = [body.subarray(0, at), body.subarray(at)];
    const out = await through(recoding(tailOf(), "gzip"), chunks);
    if (zlib.gunzipSync(out).toString() !== `<p>one<p>two${TAIL}`) t.fail(`cut at ${at}`);
  }
  const raw = await through(recoding(tailOf(), "deflate"), [zlib.deflateRawSync("<p>one")]);
  t.equal(zlib.inflateSync(raw).toString(), `<p>one${TAIL}`);
  const frames = Buffer.concat([zlib.zstdCompressSync("<p>1"), zlib.zstdCompressSync("<p>2")]);
  for (let size = 1; size <= frames.length; size++) {
    const out = await through(recoding(tailOf(), "zstd"), cut(frames, size));
    t.equal(zlib.zstdDecompressSync(out).toString(), `<p>1<p>2${TAIL}`, `pieces of ${size}`);
  }
});

t.test("what follows the coded data is ignored", async (t) => {
  for (const coding of ["gzip", "deflate", "br"] as const) {
    const [coded, plain] = codings[coding];
    const body = Buffer.concat([coded(Buffer.from("<p>")), Buffer.from("\0\0 rubbish ")]);
    for (const size of [1, 7, body.length]) {
      const out = await through(recoding(tailOf(), coding), cut(body, size));
      t.equal(plain(out).toString(), `<p>${TAIL}`, `${coding} in pieces of ${size}`);
    }
  }
});

t.test("a bomb ends the stream", async (t) => {
  const bomb = zlib.gzipSync(Buffer.alloc(16 * 1024 * 1024));
  const tail = tailOf();
  await t.rejects(through(recoding(tail, "gzip"), cut(bomb, 1000)), { code: "WL_BODY_BOMB" });
  t.match(tail.told, [{ reason: "bomb" }]);
});

t.test("a slow reader holds the decoder back", async (t) => {
  const page = zlib.gzipSync(Buffer.alloc(3 * 1024 * 1024, "<p>"));
  const [decoder] = recoding(tailOf(), "gzip");
  let done = false;
  decoder.write(page, () => void (done = true));
  await once(decoder, "readable");
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  t.equal(done, false, "the chunk is not taken before its content has gone");
  t.ok(decoder.readableLength < 512 * 1024, `${decoder.readableLength} bytes wait`);
  decoder.destroy();
});
