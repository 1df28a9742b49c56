import * as fc from "fast-check";
import t from "tap";
import { HpackDecoder } from "./decoder.ts";
import { writeField, writeStatus } from "./encoder.ts";
import { huffman } from "./huffman.ts";

const LIMITS = { fields: 20, fieldBytes: 2000 };

function decode(decoder: HpackDecoder, block: Buffer | string) {
  const bytes = typeof block === "string" ? Buffer.from(block.replaceAll(" ", ""), "hex") : block;
  const fields = decoder.decode(bytes, 0, bytes.length);
  return typeof fields === "string" ? fields : fields.map(({ name, value }) => `${name}: ${value}`);
}

t.test("the examples of RFC 7541, appendix C.4", (t) => {
  const decoder = new HpackDecoder(LIMITS);
  const all = [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"];
  t.same(decode(decoder, "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff"), all);
  t.same(decode(decoder, "8286 84be 5886 a8eb 1064 9cbf"), [...all, "cache-control: no-cache"]);
  t.same(decode(decoder, "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"), [
    ":method: GET",
    ":scheme: https",
    ":path: /index.html",
    ":authority: www.example.com",
    "custom-key: custom-value",
  ]);
  t.end();
});

t.test("the oldest entries make room, and all do when the table becomes smaller", (t) => {
  const decoder = new HpackDecoder(LIMITS);
  const kept = (name: string) => Buffer.from([0x40, 1, name.charCodeAt(0), 1, 120]);
  t.same(decode(decoder, Buffer.concat([kept("a"), kept("b")])), ["a: x", "b: x"]);
  t.same(decode(decoder, "be bf"), ["b: x", "a: x"]);
  // 34 bytes each: room for one.
  t.same(decode(decoder, "3f 09 be"), ["b: x"]);
  t.equal(decode(decoder, "bf"), "broken");
  t.same(decode(decoder, "20"), []);
  t.equal(decode(decoder, "be"), "broken");
  t.end();
});

t.test("what is no block", (t) => {
  for (const [what, hex] of Object.entries({
    "entry 0": "80",
    "an entry that is not there": "be",
    "an integer that does not end": "ff ff",
    "an integer that is too large": "7f ff ff ff ff ff 0f",
    "a name that is cut off": "40 05 61 62",
    "no value": "40 01 61",
    "a table larger than ours": "3f e2 1f",
    "a size behind a field": "82 20",
    "padding of eight bits": "00 01 61 82 1f ff",
    "padding that is not of ones": "00 01 61 81 18",
    "the end of a string within it": "00 01 61 84 ff ff ff ff",
  })) {
    t.equal(decode(new HpackDecoder(LIMITS), hex), "broken", what);
  }
  t.end();
});

t.test("more than a head may be is read, so that the next one can be", (t) => {
  const decoder = new HpackDecoder(LIMITS);
  const many = Buffer.concat([Buffer.from([0x40, 1, 97, 1, 120]), Buffer.alloc(30, 0xbe)]);
  t.equal(decode(decoder, many), "large");
  t.same(decode(decoder, "be"), ["a: x"]);
  t.end();
});

t.test("what the encoder writes is what was meant", (t) => {
  const out = Buffer.alloc(100_000);
  const names = fc.oneof(
    fc.constantFrom("Content-Type", "set-cookie", "X-A", "location", "ETag"),
    fc.stringMatching(/^[A-Za-z-]{1,200}$/),
  );
  const values = fc.stringMatching(/^[!-~]{0,300}$/);
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 999 }), names, values, (status, name, value) => {
      const bytes = Buffer.from(name + value);
      const behind = writeStatus(out, 0, status);
      const end = writeField(out, behind, bytes, [0, name.length, name.length, bytes.length]);
      const fields = decode(new HpackDecoder(LIMITS), out.subarray(0, end));
      t.same(fields, [`:status: ${status}`, `${name.toLowerCase()}: ${value}`]);
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test("any bytes are a block, or none", (t) => {
  const decoder = new HpackDecoder(LIMITS);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const fields = decoder.decode(Buffer.from(bytes), 0, bytes.length);
      if (typeof fields === "string") return;
      for (const { name, value } of fields) t.ok(!/[^\0-\xff]/.test(name + value));
      t.ok(fields.length <= LIMITS.fields);
    }),
    { numRuns: 3000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = huffman(Buffer.from(bytes), 0, bytes.length);
      // Five bits are the shortest code.
      t.ok(text === undefined || text.length <= (bytes.length * 8) / 5);
    }),
    { numRuns: 3000 },
  );
  t.end();
});
