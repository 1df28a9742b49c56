/** Whatever comes and however it is cut, an injector adds what it says it adds, and touches nothing else. */
import * as zlib from "node:zlib";
import * as fc from "fast-check";
import t from "tap";
import type { Site } from "../../model/site.ts";
import { Through } from "../through.ts";
import type { Appended } from "./appending.ts";
import { type Injection, plan } from "./plan.ts";
import { TO_ASCII } from "./shift.ts";
import type { Stage, Streams } from "./stage.ts";

const SITE = { reservedPath: "/.warmline/", engagement: "on" } as Site;
const LOADER = '<script async src="/.warmline/loader.js"></script>';
const INVITATION = '<form method="post" action="/.warmline/reply">Hello</form>';

/** Of what pages are made, and of what nobody should make them. */
const TOKENS = [
  "<!doctype html>",
  "<html lang=en>",
  "<html amp>",
  "<head>",
  "<title>Shop</title>",
  "</html>",
  "<meta charset=utf-8>",
  '<meta charset="utf-16le">',
  "<meta charset=iso-2022-jp>",
  "<base href=//elsewhere.example/>",
  "<!--",
  "-->",
  "<script>",
  "</script>",
  "<plaintext>",
  '<meta http-equiv=content-security-policy content="script-src https:">',
  "<textarea>",
  "</b",
  "\xef\xbb\xbf",
  "\xff\xfe",
  "\xfe\xff",
  "\x1b$B",
  "\x1b(B",
  "\0",
  "<\0p\0>\0",
  "\xa4\xa2",
  "<p>lorem ipsum dolor sit amet ".repeat(100),
].map((text) => Buffer.from(text, "latin1"));

const CODINGS: Record<
  string,
  readonly [coded: (page: Buffer) => Buffer, plain: (b: Buffer) => Buffer]
> = {
  "": [(b) => b, (b) => b],
  gzip: [(b) => zlib.gzipSync(b), (b) => zlib.gunzipSync(b)],
  // In two members.
  "x-gzip": [
    (b) => Buffer.concat([zlib.gzipSync(b.subarray(0, 9)), zlib.gzipSync(b.subarray(9))]),
    (b) => zlib.gunzipSync(b),
  ],
  deflate: [(b) => zlib.deflateSync(b), (b) => zlib.inflateSync(b)],
  br: [(b) => zlib.brotliCompressSync(b), (b) => zlib.brotliDecompressSync(b)],
  zstd: [(b) => zlib.zstdCompressSync(b), (b) => zlib.zstdDecompressSync(b)],
};

/** As most pages begin. */
const BEGINNING = Buffer.from("<!doctype html><html><head><meta charset=utf-8><title>Shop</title>");
const parts = fc.array(fc.oneof(fc.constantFrom(...TOKENS), fc.uint8Array({ maxLength: 40 })));
const answers = fc.record({
  page: fc
    .tuple(fc.constantFrom(BEGINNING, Buffer.alloc(0)), parts)
    .map(([beginning, more]) => Buffer.concat([beginning, ...more]))
    .filter((page) => page.length > 0),
  coding: fc.constantFrom(...Object.keys(CODINGS)),
  charset: fc.constantFrom("", "utf-8", "utf-16le", "utf-16be", "iso-2022-jp", "windows-1252"),
  policy: fc.constantFrom("", "script-src 'self'", "form-action 'none'", "script-src 'nonce-a'"),
  invited: fc.boolean(),
  framing: fc.constantFrom("length", "chunked", "close"),
  cuts: fc.array(fc.nat(), { maxLength: 6 }),
});
type Answered = typeof answers extends fc.Arbitrary<infer A> ? A : never;

/** Whether the body's end is told with its last bytes, or behind them. */
const toldLate = ({ framing }: Answered) => framing !== "length";

function planned({ coding, charset, policy, invited, framing }: Answered, length: number) {
  const fields: Record<string, string> = {
    "content-type": charset === "" ? "text/html" : `text/html; charset=${charset}`,
    "content-encoding": coding,
    "content-security-policy": policy,
  };
  const field = (name: string) => fields[name] || undefined;
  return plan({
    site: SITE,
    method: "GET",
    whyNoNavigation: undefined,
    authority: "shop.example",
    secure: false,
    invitation: invited ? INVITATION : undefined,
    status: 200,
    length: framing === "length" ? length : undefined,
    delimited: framing !== "close",
    field,
    fieldAll: (name) => [field(name) ?? []].flat(),
  });
}

/** Lets a body go the way that was planned, as the relay does: the first piece comes with the head. */
async function sent(injection: Injection, pieces: readonly Buffer[], late: boolean) {
  const told: Appended[] = [];
  const parts: Buffer[] = [];
  const out = {
    put: (b: Buffer, s: number, e: number) => void parts.push(Buffer.copyBytesFrom(b, s, e - s)),
  };
  const all = late ? [...pieces, Buffer.alloc(0)] : pieces;
  const [first = Buffer.alloc(0)] = all;
  let way: Stage | Streams = injection.begin(
    first,
    0,
    first.length,
    (what) => void told.push(what),
  );
  const adds = "take" in way ? way.adds : undefined;
  await new Promise<void>((resolve, failed) => {
    const open = (streams: Streams) =>
      new Through(streams, {
        out: (chunk) => (out.put(chunk, 0, chunk.length), true),
        ended: resolve,
        failed,
        drained() {},
      });
    let through = "take" in way ? undefined : open(way);
    for (const [i, piece] of all.entries()) {
      const last = i === all.length - 1;
      if (!through && "take" in way) {
        const streams: Streams | undefined = way.take(piece, 0, piece.length, last, out);
        if (streams) through = open((way = streams));
      }
      through?.put(piece, 0, piece.length);
      if (last) through?.end();
    }
    if (!through) resolve();
  });
  return { out: Buffer.concat(parts), told, adds };
}

function cutAt(body: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [
    0,
    ...cuts.map((cut) => cut % body.length).toSorted((a, b) => a - b),
    body.length,
  ];
  return places.slice(1).map((end, i) => body.subarray(places[i], end));
}

/** What was added says in ASCII, whatever it is written in. */
const said = (added: Buffer) => {
  const text = added.toString("latin1").replaceAll("\0", "");
  return (text.startsWith(TO_ASCII) ? text.slice(TO_ASCII.length) : text).trimEnd();
};

t.test("any page, in any coding, cut anywhere", async (t) => {
  let inFront = 0;
  await fc.assert(
    fc.asyncProperty(answers, async (answer) => {
      const [coded, plain] = CODINGS[answer.coding] ?? [];
      const body = coded?.(answer.page) ?? Buffer.alloc(0);
      const injection = planned(answer, body.length);
      if (!injection.inject) return;
      const { out, told, adds } = await sent(injection, cutAt(body, answer.cuts), toldLate(answer));
      const shown = plain?.(out) ?? out;
      const [what, ...more] = told;
      if (!what || more.length > 0) throw new Error(`told ${told.length} times`);
      if (adds !== undefined && out.length !== body.length + adds)
        throw new Error(`${out.length - body.length} bytes more, ${adds} were said`);
      const script = what.loader ? LOADER : "";
      const markup = what.markup ? INVITATION : "";
      if (shown.subarray(0, answer.page.length).equals(answer.page)) {
        const added = said(shown.subarray(answer.page.length)).replace(/ nonce="[^"]*"/, "");
        if (added !== markup + script) throw new Error(`added ${JSON.stringify(added)}`);
      } else {
        inFront++;
        const front = shown.subarray(0, shown.length - answer.page.length).toString("latin1");
        if (front.replace(/ nonce="[^"]*"/, "") !== `<!DOCTYPE html>${LOADER}` || !what.loader)
          throw new Error(`in front: ${front}`);
        if (!shown.subarray(-answer.page.length).equals(answer.page)) throw new Error("changed");
      }
    }),
    { numRuns: 2500 },
  );
  t.ok(inFront > 0, `${inFront} had it in front`);
});
