import * as fc from "fast-check";
import t from "tap";
import { readPreamble } from "./proxy-protocol.ts";

const SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";
const v2 = (command: number, family: number, body: readonly number[]) =>
  Buffer.concat([
    Buffer.from(SIGNATURE, "latin1"),
    Buffer.from([0x20 | command, family, body.length >> 8, body.length & 255, ...body]),
  ]);
const ipv4 = [198, 51, 100, 7, 10, 0, 0, 1, 0x12, 0x34, 0, 80];
const ipv6 = [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 9, ...Array<number>(20).fill(0)];
const ipv6OfV4 = [
  ...Array<number>(10).fill(0),
  255,
  255,
  198,
  51,
  100,
  7,
  ...Array<number>(20).fill(0),
];

const cases: readonly (readonly [what: string, bytes: Buffer | string, address: unknown])[] = [
  ["version 1", "PROXY TCP4 198.51.100.7 10.0.0.1 4660 80\r\n", "198.51.100.7"],
  ["version 1, IPv6", "PROXY TCP6 2001:db8::9 2001:db8::1 4660 80\r\n", "2001:db8::9"],
  ["version 1, unknown", "PROXY UNKNOWN\r\n", undefined],
  ["version 1, unknown with more", "PROXY UNKNOWN ffff:: ffff:: 1 1\r\n", undefined],
  ["version 2", v2(1, 0x11, ipv4), "198.51.100.7"],
  ["version 2 with additions", v2(1, 0x11, [...ipv4, 4, 0, 1, 0]), "198.51.100.7"],
  ["version 2, IPv6", v2(1, 0x21, ipv6), "2001:db8::9"],
  ["version 2, IPv4 in IPv6", v2(1, 0x21, ipv6OfV4), "198.51.100.7"],
  ["version 2, local", v2(0, 0, []), undefined],
];
for (const [what, preamble, address] of cases) {
  t.test(`${what}, in any pieces`, async (t) => {
    const bytes = Buffer.concat([Buffer.from(preamble as string, "latin1"), Buffer.from("GET /")]);
    const length = Buffer.from(preamble as string, "latin1").length;
    for (let end = 0; end < length; end++) t.equal(readPreamble(bytes, 0, end), 0, `${end} bytes`);
    const told = readPreamble(bytes, 0, bytes.length);
    t.same(told, { end: length, address });
  });
}

t.test("what is none", async (t) => {
  for (const bytes of [
    "GET / HTTP/1.1\r\n",
    "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n",
    "PROXY TCP4 ::1 ::2 1 2\r\n",
    "PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n",
    "PROXY TCP4 a.example 2.2.2.2 1 2\r\n",
    "proxy TCP4 1.1.1.1 2.2.2.2 1 2\r\n",
    `PROXY UNKNOWN ${"x".repeat(120)}`,
    v2(2, 0x11, ipv4),
    v2(1, 0x11, ipv4.slice(1)),
    v2(1, 0x31, ipv6),
    v2(1, 0x11, Array<number>(3000).fill(0)),
  ])
    t.equal(
      readPreamble(Buffer.from(bytes as string, "latin1"), 0, bytes.length),
      undefined,
      String(bytes),
    );
});

t.test("nothing makes it throw", async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (body, signed) => {
      const bytes = Buffer.concat([Buffer.from(signed ? SIGNATURE : "", "latin1"), body]);
      const told = readPreamble(bytes, 0, bytes.length);
      return told === undefined || told === 0 || told.end <= bytes.length;
    }),
  );
  t.pass();
});
