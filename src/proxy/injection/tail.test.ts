import t from "tap";
import { type Appended, appendingTo, metaPolicies, type Tail } from "./tail.ts";

async function append(chunks: readonly Buffer[], part: Partial<Tail> = {}) {
  const told: Appended[] = [];
  const stream = appendingTo({
    markup: "<b>",
    loader: "<i>12",
    promised: false,
    allowed: () => ({ script: true, form: true }),
    appended: (what) => void told.push(what),
    ...part,
  });
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  const out: Buffer[] = [];
  for await (const chunk of stream) out.push(chunk as Buffer);
  return { out: Buffer.concat(out), told };
}
const page = Buffer.from("<p>\u00fc");

t.test("markup and loader come last", async (t) => {
  const { out, told } = await append([page]);
  t.equal(out.toString(), "<p>\u00fc<b><i>12");
  t.same(told, [{ markup: true, loader: true }]);
});

t.test("a UTF-16 document gets nothing, or blanks of its own kind", async (t) => {
  const little = Buffer.from("\ufeffhi", "utf16le");
  const left = await append([little.subarray(0, 1), little.subarray(1)]);
  t.ok(left.out.equals(little));
  t.match(left.told, [{ markup: false, loader: false, reason: "charset" }]);
  const filled = await append([little], { promised: true });
  t.equal(filled.out.toString("utf16le"), "\ufeffhi    ");
  const big = await append([Buffer.from(little).swap16()], { promised: true });
  t.equal(big.out.swap16().toString("utf16le"), "\ufeffhi    ");
});

t.test(
  "what the document's own policy forbids is left out, as many bytes as promised are sent",
  async (t) => {
    const asked: (readonly string[])[] = [];
    const allowed = (policies: readonly string[]) => {
      asked.push(policies);
      return { script: false, form: true };
    };
    const document = Buffer.from(
      `<meta content="script-src &#39;none&#39;" HTTP-EQUIV=Content-Security-Policy><p>`,
    );
    const { out, told } = await append([document], { allowed, promised: true });
    t.same(asked, [["script-src 'none'"]]);
    t.equal(out.subarray(document.length).toString(), "<b>     ");
    t.match(told, [{ markup: true, loader: false, reason: "csp" }]);
    t.equal((await append([document], { allowed })).out.toString(), `${document.toString()}<b>`);
  },
);

t.test("an empty document stays empty, unless bytes were promised", async (t) => {
  t.equal((await append([])).out.length, 0);
  t.equal((await append([], { promised: true })).out.toString(), "        ");
});

t.test("policies in meta elements", async (t) => {
  t.same(metaPolicies(`<meta charset=utf-8><meta name=x content="http-equiv">`), []);
  t.same(
    metaPolicies(`<META http-equiv='Content-Security-Policy' content='a "b"'><meta content=c
      http-equiv="content-security-policy" />`),
    ['a "b"', "c"],
  );
});

t.test("a hostile document does not keep the edge busy", async (t) => {
  const startMs = performance.now();
  for (const part of ["<meta ", "<meta http-equiv = ", "content='", " http-equiv", "<meta\n\n\n"])
    metaPolicies(`<meta ${part.repeat(11_000)}`);
  metaPolicies(`<meta http-equiv=content-security-policy ${"content='".repeat(900)}>`);
  t.ok(performance.now() - startMs < 1000);
  t.same(metaPolicies(`<meta http-equiv=content-security-policy-report-only content=a>`), []);
});
