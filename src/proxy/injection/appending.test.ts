import * as fc from "fast-check";
import t from "tap";
import { type Appended, Appending, room, type Tail } from "./appending.ts";
import type { Writing } from "./charset.ts";
import type { Beginning } from "./document-start.ts";
import type { Out } from "./stage.ts";

/** @param promised the length of what is added has to hold */
function append(
  chunks: readonly Buffer[],
  part: Partial<Tail> = {},
  promised = false,
  named?: Writing,
) {
  const told: Appended[] = [];
  const tail = {
    markup: "<b>",
    loader: "<i>12",
    allowed: () => ({ script: true, form: true }),
    appended: (what: Appended) => void told.push(what),
    ...part,
  };
  const length = Buffer.concat(chunks).length;
  const adds = promised ? room(tail, named ?? "ascii", length) : undefined;
  const stage = new Appending(tail, { named, adds });
  const parts: Buffer[] = [];
  const out: Out = { put: (b, start, end) => void parts.push(Buffer.from(b.subarray(start, end))) };
  // The pieces stand somewhere in a larger buffer, that is used again at once.
  for (const [i, chunk] of [...chunks, Buffer.alloc(0)].entries()) {
    const shared = Buffer.concat([Buffer.from("<!--"), chunk, Buffer.from("<!--")]);
    stage.take(shared, 4, 4 + chunk.length, i === chunks.length, out);
    shared.fill(0);
  }
  return { out: Buffer.concat(parts), told };
}
const page = Buffer.from("<p>\u00fc");

t.test("markup and loader come last", async (t) => {
  const { out, told } = append([page]);
  t.equal(out.toString(), "<p>\u00fc<b><i>12");
  t.same(told, [{ markup: true, loader: true }]);
});

t.test(
  "any bytes in any pieces: they stay, and as many come after them as were promised",
  async (t) => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
    const text = fc.array(
      fc.constantFrom(
        "<html amp>",
        "<!--",
        "-->",
        "<textarea>",
        "\ufeff",
        "<base href=//x>",
        "a",
        "</html>",
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(pieces, text, fc.boolean(), (bytes, parts, promised) => {
        const chunks = [...bytes, ...parts].map((part) => Buffer.from(part as string));
        // Text of UTF-16 has a test of its own.
        const [a, b] = Buffer.concat(chunks);
        fc.pre((a !== 0xff || b !== 0xfe) && (a !== 0xfe || b !== 0xff));
        const { out, told } = append(chunks, {}, promised);
        const before = Buffer.concat(chunks);
        const added = out.subarray(before.length).toString();
        const whole = added === "<b><i>12";
        const nothing = /^[ \0]*$/.test(added) && (added.length === 8 || !promised);
        return out.subarray(0, before.length).equals(before) && (told[0]?.loader ? whole : nothing);
      }),
      { numRuns: 1000 },
    );
    t.pass();
  },
);

const TEXTS = {
  "utf-16le": (text: string) => Buffer.from(text, "utf16le"),
  "utf-16be": (text: string) => Buffer.from(text, "utf16le").swap16(),
};

for (const [writing, of] of Object.entries(TEXTS) as [
  keyof typeof TEXTS,
  (s: string) => Buffer,
][]) {
  t.test(`${writing}: appended in its own kind, in any pieces`, async (t) => {
    const text = fc.array(fc.constantFrom("<p>", "\u4e00", "\u00fc", "-->", "<!-->", "a"), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(text, fc.boolean(), fc.boolean(), fc.nat(30), (parts, mark, promised, cut) => {
        const document = of(`${mark ? "\ufeff" : ""}<html>${parts.join("")}</html>`);
        const named = mark && !promised ? undefined : writing;
        const chunks = [document.subarray(0, cut), document.subarray(cut)];
        const { out, told } = append(chunks, {}, promised, named);
        return told[0]?.loader === true && out.equals(Buffer.concat([document, of("<b><i>12")]));
      }),
    );
    t.pass();
  });

  t.test(`${writing}: nothing, or blanks of its own kind, where it cannot be`, async (t) => {
    const left = (bytes: Buffer, promised = false, named?: Writing) => {
      const { out, told } = append([bytes], {}, promised, named);
      t.match(told, [{ markup: false, loader: false }]);
      return [out.subarray(bytes.length).toString("latin1"), told[0]?.reason];
    };
    const half = of("\ufeff<p>a").subarray(0, -1);
    t.same(left(half), ["", "charset"], "half a character at the end");
    t.same(left(half, true, writing), ["", "charset"]);
    const other = Buffer.from("\ufeff");
    t.same(left(other, true, writing), ["", "charset"], "of odd length, and it is UTF-8 after all");
    const blanks = of("    ").toString("latin1");
    t.same(left(of("\ufeffhi"), true), [blanks, "charset"], "promised before it was known");
    t.same(left(of("<!--"), false, writing), ["", "unfinished"]);
    t.same(left(of("<html amp>"), false, writing), ["", "amp"]);
  });
}

/** As iconv writes it. */
const japanese = (text: string) =>
  Buffer.from(
    text.replaceAll(/\u65e5/g, "\x1b$BF|\x1b(B").replaceAll(/\u672c/g, "\x1b$BK\\"),
    "latin1",
  );

t.test("ISO-2022-JP: ASCII is switched back to, where it is not on", async (t) => {
  const added = (text: string, named?: Writing, promised = false) => {
    const document = japanese(text);
    const chunks = [document.subarray(0, -2), document.subarray(-2)];
    const { out, told } = append(chunks, {}, promised, named);
    return [out.subarray(document.length).toString("latin1"), told[0]?.reason];
  };
  const named = "iso-2022-jp";
  t.same(added("<p>\u65e5", named), ["<b><i>12", undefined]);
  t.same(added("<p>\u672c", named), ["\x1b(B<b><i>12", undefined], "it ends in kanji");
  t.same(added("<p>\x1b$B", named), ["", "charset"], "a switch behind a switch is an error");
  const kanji = "<p>\x1b$B<!--\x1b(B";
  t.same(added(kanji, named), ["<b><i>12", undefined], "the bytes of kanji open nothing");
  t.same(added("<p>\x1b$B<!--"), ["", "unfinished"], "elsewhere they do");
  const meta = "<meta charset=iso-2022-jp><p>\u672c";
  t.same(added(meta), ["\x1b(B<b><i>12", undefined]);
  t.same(added(meta, undefined, true), ["\x1b(B     ", "charset"], "its length was promised");
});

t.test(
  "what the document's own policy forbids is left out, as many bytes as promised are sent",
  async (t) => {
    const asked: (readonly string[])[] = [];
    const allowed = ({ policies }: Beginning) => {
      asked.push(policies);
      return { script: false, form: true, reason: "csp" as const };
    };
    const document = Buffer.from(
      `<meta content="script-src &#39;none&#39;" HTTP-EQUIV=Content-Security-Policy><p>`,
    );
    const { out, told } = append([document], { allowed }, true);
    t.same(asked, [["script-src 'none'"]]);
    t.equal(out.subarray(document.length).toString(), "<b>     ");
    t.match(told, [{ markup: true, loader: false, reason: "csp" }]);
    t.equal(append([document], { allowed }).out.toString(), `${document.toString()}<b>`);
  },
);

t.test("an empty document stays empty, unless bytes were promised", async (t) => {
  t.equal(append([]).out.length, 0);
  t.equal(append([], {}, true).out.toString(), "        ");
});
