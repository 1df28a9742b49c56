import * as fc from "fast-check";
import t from "tap";
import { type FormReader, formReader } from "./form.ts";

const URLENCODED = "application/x-www-form-urlencoded";
const field = fc.tuple(
  fc.stringMatching(/^[a-z][a-z0-9_[\]]{0,9}$/),
  fc.string({ unit: "grapheme", maxLength: 20 }),
);
const form = fc.uniqueArray(field, { maxLength: 8, selector: ([name]) => name });
const cuts = fc.array(fc.nat(400), { maxLength: 6 });

/** Hands the body over in pieces, each lent for the moment only. */
function fed(reader: FormReader | undefined, body: Buffer, at: readonly number[]): FormReader {
  if (!reader) throw new Error("no reader");
  const ends = [...at.filter((n) => n < body.length), body.length].sort((a, b) => a - b);
  let from = 0;
  for (const end of ends) {
    const lent = Buffer.from(body.subarray(from, end));
    reader.take(lent, 0, lent.length);
    lent.fill(0);
    from = end;
  }
  return reader;
}

const chunked = (body: Buffer, at: readonly number[]) => {
  const ends = [...at.filter((n) => n > 0 && n < body.length), body.length].sort((a, b) => a - b);
  let from = 0;
  const chunks = ends.flatMap((end) => {
    const part = body.subarray(from, end);
    from = end;
    if (part.length === 0) return [];
    return [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")];
  });
  return Buffer.concat([...chunks, Buffer.from("0\r\n\r\n")]);
};

t.test("a form is read as it was written, in whatever pieces it comes", (t) => {
  fc.assert(
    fc.property(form, cuts, cuts, fc.boolean(), (fields, pieces, at, inChunks) => {
      const body = Buffer.from(new URLSearchParams(fields).toString());
      const sent = inChunks ? chunked(body, at) : body;
      const read = fed(formReader(URLENCODED, inChunks), sent, pieces).fields(true);
      for (const [name, value] of fields) t.equal(read.get(name), value.toWellFormed());
    }),
  );
  t.end();
});

t.test("a multipart form too, without its files", async (t) => {
  await fc.assert(
    fc.asyncProperty(form, cuts, async (fields, pieces) => {
      const data = new FormData();
      for (const [name, value] of fields) data.append(name, value.replaceAll(/\r?\n|\r/g, " "));
      data.append("photo", new File(["x=1\r\n"], "login.png", { type: "image/png" }));
      data.append("behind", "it");
      const request = new Request("http://a.example", { method: "POST", body: data });
      const type = request.headers.get("content-type") ?? "";
      const body = Buffer.from(await request.arrayBuffer());
      const read = fed(formReader(type, false), body, pieces).fields(true);
      for (const [name, value] of fields) {
        t.equal(read.get(name), value.toWellFormed().replaceAll(/\r?\n|\r/g, " "));
      }
      t.same([read.get("behind"), read.get("photo")], ["it", undefined]);
    }),
    { numRuns: 50 },
  );
});

t.test("a field that is not whole is not read", async (t) => {
  const cut = fed(formReader(URLENCODED, false), Buffer.from("a=1&login=an"), []);
  t.same([...cut.fields(false)], [["a", "1"]]);
  t.same(
    [...fed(formReader(URLENCODED, false), Buffer.from("login=an"), []).fields(false)],
    [["", ""]],
  );
  const long = Buffer.from(`a=1&b=${"x".repeat(20_000)}&c=3`);
  t.same([...fed(formReader(URLENCODED, false), long, [10, 9000]).fields(true).keys()], ["a"]);
  const type = 'multipart/form-data; boundary="--b"';
  const part =
    '----b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n----b\r\nContent-Disposition: form-data; name="b"\r\n\r\n2';
  t.same([...fed(formReader(type, false), Buffer.from(part), []).fields(true).keys()], ["a"]);
});

t.test("what is no form is not kept", async (t) => {
  for (const type of ["", "application/xml", "multipart/form-data", "text/plain"]) {
    t.equal(formReader(type, false), undefined, type);
  }
  t.ok(formReader(`${URLENCODED.toUpperCase()}; charset=UTF-8`, false));
});

t.test("whatever comes throws nothing", (t) => {
  const types = fc.constantFrom(URLENCODED, "multipart/form-data; boundary=b");
  fc.assert(
    fc.property(types, fc.uint8Array({ maxLength: 300 }), fc.boolean(), (type, bytes, inChunks) => {
      fed(formReader(type, inChunks), Buffer.from(bytes), [3, 50]).fields(true);
    }),
  );
  t.end();
});

t.test("what scripts send as JSON", (t) => {
  const read = (json: unknown, cut = 0) => {
    const body = Buffer.from(typeof json === "string" ? json : JSON.stringify(json));
    const reader = fed(formReader("application/json; charset=utf-8", false), body, [cut]);
    return Object.fromEntries(reader.fields(true));
  };
  const order = { user: "ada", total: 17.5, paid: true, items: [{ mail: "x" }], none: null };
  t.same(read(order, 7), { user: "ada", total: "17.5" });
  t.same(read({ customer: { mail: "ada@example.org", "a.b": 1 } }), {
    "customer.mail": "ada@example.org",
    "customer.a.b": "1",
  });
  t.same(read({ __proto__: null, constructor: "x" }), { constructor: "x" });
  t.same(read({ a: { b: { c: { d: "deep", e: { f: "deeper" } } } } }), { "a.b.c.d": "deep" });
  for (const nothing of ['{"user": "ad', "[1]", '"user"', "null", "", "[".repeat(10_000)]) {
    t.same(read(nothing), {}, nothing.slice(0, 9));
  }
  t.same(read({ user: "ada", more: "x".repeat(17_000) }), {}, "of more than 16 KB nothing");
  const half = formReader("application/json", false);
  half?.take(Buffer.from('{"user":"ada"}'), 0, 14);
  t.equal(half?.fields(false).size, 0, "nor of what has not come whole");
  t.end();
});
