import * as fc from "fast-check";
import t from "tap";
import { createPacker, pack, releaseWords, unpack } from "./packing.ts";
import { packedRow, type PackedRow } from "./row-packing.ts";
import { createWords } from "./words.ts";

const string = fc.string({
  unit: fc.constantFrom("a", "/", "?", "ü", "€", "😀", " "),
  maxLength: 30,
});
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const atMs = fc.nat({ max: 2 ** 45 });
const priority = fc.nat(9) as fc.Arbitrary<PackedRow["session"]["priority"]>;
const purchases = fc.array(
  fc.record({
    atMs,
    amount: maybe(fc.double({ noNaN: true })),
    currency: maybe(string),
    order: maybe(string),
  }),
);
const events = fc.array(fc.record({ name: string, atMs }));
const known = {
  login: maybe(string),
  name: maybe(string),
  number: maybe(string),
  mail: maybe(string),
};

const history = fc.record({
  id: string,
  firstSeenMs: atMs,
  lastSeenMs: atMs,
  visitsMs: fc.array(atMs),
  visitCount: fc.nat(),
  pageCount: fc.nat(),
  timeSpentMs: atMs,
  purchases,
  events,
  factsAtMs: atMs,
  ...known,
  priority,
});
const tier = fc.constantFrom("none", "session", "persistent", "identified");
const row = fc.record({
  addressKey: string,
  allows: tier,
  visitorId: maybe(string),
  issued: fc.array(string),
  startedMs: atMs,
  seenMs: atMs,
  pageMs: atMs,
  openOpportunity: maybe(fc.record({ id: string, campaign: string })),
  given: fc.array(
    fc.record({ campaign: string, pages: fc.array(fc.nat()), quietUntilMs: fc.maxSafeNat() }),
  ),
  learnt: maybe(
    fc.record({
      atMs,
      priority: maybe(priority),
      purchases: maybe(purchases),
      events: maybe(events),
      ...known,
    }),
  ),
  session: fc.record({
    state: fc.constantFrom("active", "idle", "served", "ended"),
    address: string,
    startedMs: atMs,
    lastAccessMs: atMs,
    trail: fc.array(fc.record({ url: string, atMs })),
    pages: fc.nat(),
    consent: tier,
    priority,
    history: maybe(history),
    milestones: maybe(fc.record({ purchases, events })),
    name: maybe(string),
    number: maybe(string),
    userAgent: maybe(string),
    language: maybe(string),
    referrer: maybe(string),
  }),
});

t.test("a row comes out as it was put in, and gives its words back", (t) => {
  fc.assert(
    fc.property(row, row, fc.nat(20), (one, other, most) => {
      const words = createWords(most);
      const first = createPacker(64 * 1024, words);
      const second = createPacker(64 * 1024, words, first.used);
      pack(packedRow, one as PackedRow, first);
      pack(packedRow, other as PackedRow, second);
      t.same(unpack(packedRow, first), one);
      t.same(unpack(packedRow, second), other);
      releaseWords(first);
      t.same(unpack(packedRow, second), other, "whatever becomes of another row");
      releaseWords(second);
      t.equal(words.size, 0);
    }),
    { numRuns: 100 },
  );
  t.end();
});
