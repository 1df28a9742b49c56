import * as fc from "fast-check";
import t from "tap";
import { parseTcString } from "./tcf.ts";

/** The format's own example, and one of a library's documentation, both made by others. */
const EXAMPLE =
  "COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA.IFoEUQQgAIQwgIwQABAEAAAAOIAACAIAAAAQAIAgEAACEAAAAAgAQBAAAAAAAGBAAgAAAAAAAFAAECAAAgAAQARAEQAAAAAJAAIAAgAAAYQEAAAQmAgBC3ZAYzUw";

type Bits = string;
const bits = (value: number, length: number): Bits => value.toString(2).padStart(length, "0");
const flags = (set: readonly number[], length: number): Bits =>
  Array.from({ length }, (_, i) => (set.includes(i + 1) ? "1" : "0")).join("");
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const encoded = (all: Bits): string =>
  (all.padEnd(Math.ceil(all.length / 24) * 24, "0").match(/.{6}/g) ?? [])
    .map((six) => ALPHABET[parseInt(six, 2)])
    .join("");

type Range = readonly [from: number, to: number];
const ranges = (all: readonly Range[]): Bits =>
  bits(all.length, 12) +
  all
    .map(([from, to]) => (from === to ? `0${bits(from, 16)}` : `1${bits(from, 16)}${bits(to, 16)}`))
    .join("");
type Vendors = { readonly list: readonly number[] } | { readonly ranges: readonly Range[] };
const vendors = (v: Vendors): Bits =>
  "list" in v
    ? `${bits(Math.max(0, ...v.list), 16)}0${flags(v.list, Math.max(0, ...v.list))}`
    : `${bits(Math.max(0, ...v.ranges.flat()), 16)}1${ranges(v.ranges)}`;

interface Written {
  readonly purposes: readonly number[];
  readonly interests: readonly number[];
  readonly consents: Vendors;
  readonly legitimate: Vendors;
  readonly restrictions: readonly (readonly [number, number, readonly Range[]])[];
  readonly disclosed: Vendors | undefined;
  readonly publisher: { readonly own: readonly number[]; readonly custom: number } | undefined;
}

/** Writes a TC string as the format has it. */
function tcString(w: Written): string {
  const core =
    bits(2, 6) + // version
    bits(16_000_000_000, 36) + // created
    bits(16_000_000_001, 36) + // updated
    bits(300, 12) + // CMP
    bits(7, 12) + // its version
    bits(1, 6) + // screen
    bits(3, 6) + // language, two letters
    bits(4, 6) +
    bits(150, 12) + // vendor list
    bits(4, 6) + // policy
    "10" + // service specific, standard texts
    flags([1], 12) + // special features
    flags(w.purposes, 24) +
    flags(w.interests, 24) +
    "0" + // purpose one treatment
    bits(3, 6) + // country, two letters
    bits(4, 6) +
    vendors(w.consents) +
    vendors(w.legitimate) +
    bits(w.restrictions.length, 12) +
    w.restrictions.map(([p, type, r]) => bits(p, 6) + bits(type, 2) + ranges(r)).join("");
  const segments = [encoded(core)];
  if (w.disclosed) segments.push(encoded(bits(1, 3) + vendors(w.disclosed)));
  if (w.publisher) {
    const { own, custom } = w.publisher;
    segments.push(
      encoded(
        bits(3, 3) +
          flags(own, 24) +
          flags([2], 24) +
          bits(custom, 6) +
          flags([1], custom) +
          flags([], custom),
      ),
    );
  }
  return segments.join(".");
}

const purposes = fc.uniqueArray(fc.integer({ min: 1, max: 24 }));
const range = fc
  .tuple(fc.integer({ min: 1, max: 2000 }), fc.nat(50))
  .map(([from, more]): Range => [from, from + more]);
const anyVendors = fc.oneof(
  fc.record({ list: fc.uniqueArray(fc.integer({ min: 1, max: 300 })) }),
  fc.record({ ranges: fc.array(range, { maxLength: 6 }) }),
);
const written: fc.Arbitrary<Written> = fc.record({
  purposes,
  interests: purposes,
  consents: anyVendors,
  legitimate: anyVendors,
  restrictions: fc.array(
    fc.tuple(
      fc.integer({ min: 1, max: 24 }),
      fc.nat(2),
      fc.array(range, { minLength: 1, maxLength: 3 }),
    ),
    { maxLength: 4 },
  ),
  disclosed: fc.option(anyVendors, { nil: undefined }),
  publisher: fc.option(fc.record({ own: purposes, custom: fc.nat(63) }), { nil: undefined }),
});
const sorted = (set: Iterable<number> | undefined) => set && [...set].sort((a, b) => a - b);

t.test("what is written is read, whatever stands around it", (t) => {
  fc.assert(
    fc.property(written, (w) => {
      const read = parseTcString(tcString(w));
      t.same(sorted(read?.purposes), sorted(w.purposes));
      t.same(sorted(read?.publisher), sorted(w.publisher?.own));
    }),
  );
  t.end();
});

t.test("strings that others made", async (t) => {
  t.same([...(parseTcString(EXAMPLE)?.purposes ?? [])], [1, 2, 3]);
});

t.test("what is cut, longer, or of another version is none", (t) => {
  fc.assert(
    fc.property(written, fc.nat(), (w, n) => {
      const text = tcString(w);
      const [core = ""] = text.split(".");
      // The filling alone may go: fewer than 24 bits.
      const cut = core.slice(0, n % Math.max(1, core.length - 4));
      t.equal(parseTcString(cut), undefined);
      t.equal(parseTcString(`${core}C`), undefined, "bits that belong to nothing");
      t.equal(parseTcString(`B${text.slice(1)}`), undefined, "version 1");
      t.equal(parseTcString(`${text}.`), undefined);
      t.equal(parseTcString(`${text}.A`), undefined, "the core is the first");
    }),
  );
  t.end();
});

t.test("whatever comes is read in bounded time, and throws nothing", (t) => {
  const text = fc.string({ unit: fc.constantFrom(...ALPHABET.split(""), "."), maxLength: 200 });
  fc.assert(fc.property(fc.oneof(text, fc.string()), (any) => void parseTcString(`C${any}`)));
  t.equal(parseTcString("C".repeat(8193)), undefined);
  const endless = `C${"_".repeat(8191)}`;
  const before = process.hrtime.bigint();
  parseTcString(endless);
  t.ok(process.hrtime.bigint() - before < 1_000_000_000n);
  t.end();
});
