import * as fc from "fast-check";
import t from "tap";
import { type Appended, Appending, type Tail } from "./appending.ts";
import type { Beginning } from "./document-start.ts";
import type { Out } from "./stage.ts";

function append(chunks: readonly Buffer[], part: Partial<Tail> = {}, promised = false) {
  const told: Appended[] = [];
  const tail = {
    markup: "<b>",
    loader: "<i>12",
    allowed: () => ({ script: true, form: true }),
    appended: (what: Appended) => void told.push(what),
    ...part,
  };
  const stage = new Appending(tail, promised);
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

t.test("a UTF-16 document gets nothing, or blanks of its own kind", async (t) => {
  const little = Buffer.from("\ufeffhi", "utf16le");
  const left = append([little.subarray(0, 1), little.subarray(1)]);
  t.ok(left.out.equals(little));
  t.match(left.told, [{ markup: false, loader: false, reason: "charset" }]);
  const filled = append([little], {}, true);
  t.equal(filled.out.toString("utf16le"), "\ufeffhi    ");
  const big = append([Buffer.from(little).swap16()], {}, true);
  t.equal(big.out.swap16().toString("utf16le"), "\ufeffhi    ");
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
