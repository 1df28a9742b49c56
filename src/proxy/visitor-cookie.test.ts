import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import t from "tap";
import { CONSENT_TIERS } from "../model/consent.ts";
import { firstVisit, isPriority, type VisitorHistory } from "../model/visitor.ts";
import { createVisitorCookie } from "./visitor-cookie.ts";

const cookie = createVisitorCookie([{ id: 1, key: Buffer.alloc(32, 7) }]);
const history = { ...firstVisit("AAAAAAAAAAAAAAAAAAAAAA", 1_700_000_000_000), name: "Jöhn" };
const value = cookie.seal("shop", history, "identified");

const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });
const characters = fc.string({ unit: "binary", maxLength: 8 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const anyHistory: fc.Arbitrary<VisitorHistory> = fc
  .record({
    id: fc.base64String({ minLength: 4, maxLength: 24 }),
    firstSeenMs: moment,
    lastSeenMs: moment,
    visitsMs: fc.array(moment, { maxLength: 16 }),
    visitCount: fc.nat(),
    pageCount: fc.nat(),
    timeSpentMs: moment,
    purchases: fc.array(
      fc.record({
        atMs: moment,
        amount: maybe(fc.double({ noNaN: true })),
        currency: maybe(fc.constantFrom("EUR", "JPY")),
        order: maybe(characters),
      }),
      { maxLength: 8 },
    ),
    events: fc.array(fc.record({ name: characters, atMs: moment }), { maxLength: 8 }),
    priority: fc.nat(9).filter(isPriority),
    login: maybe(characters),
    name: maybe(characters),
    number: maybe(characters),
    mail: maybe(characters),
    factsAtMs: fc.oneof(fc.constant(0), moment),
  })
  .map((some) => withoutUndefined(some) as VisitorHistory);

/** What is not there is absent, not `undefined`. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== "object" || value === null) return value;
  const there = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(there.map(([key, member]) => [key, withoutUndefined(member)]));
}

t.test("what was sealed is opened, on its own site only", async (t) => {
  t.same(cookie.open("shop", value), { ok: true, history, consent: "identified" });
  t.equal(cookie.open("other", value).ok, false);
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(anyHistory, fc.constantFrom(...CONSENT_TIERS), (some, consent) => {
        const opened = cookie.open("shop", cookie.seal("shop", some, consent));
        return (
          isDeepStrictEqual(opened, { ok: true, history: some, consent }) &&
          !cookie.open("other", cookie.seal("shop", some, "identified")).ok
        );
      }),
    ),
  );
});

t.test("any change and any cut makes it worthless", async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.nat(value.length - 1), fc.constantFrom("A", "B", "-", ".", ""), (at, by) => {
        const changed = value.slice(0, at) + by + value.slice(at + 1);
        return changed === value || !cookie.open("shop", changed).ok;
      }),
    ),
  );
});

t.test("no two are alike", async (t) => {
  const sealed = Array.from({ length: 1_000 }, () => cookie.seal("shop", history, "identified"));
  t.equal(new Set(sealed.map((one) => one.slice(0, 18))).size, 1_000, "each has its own nonce");
});

t.test("of too much the oldest is left out, and texts are cut", async (t) => {
  const wide = "\u{1f600}".repeat(200);
  const long = {
    ...history,
    id: "i".repeat(64),
    visitsMs: Array.from({ length: 40 }, (_, i) => 1_700_000_000_000 + i * 1e12),
    purchases: Array.from({ length: 20 }, (_, i) => ({
      atMs: i * 1e12,
      amount: 0.1 + i,
      currency: "EUR",
      order: wide,
    })),
    events: Array.from({ length: 20 }, (_, i) => ({ name: "e".repeat(99), atMs: i * 1e12 })),
    login: wide,
    name: wide,
    number: "1".repeat(99),
    mail: "m".repeat(200),
  };
  const sealed = cookie.seal("shop", long, "identified");
  t.ok(sealed.length <= 2048, `${sealed.length} characters`);
  t.match(cookie.open("shop", sealed), {
    ok: true,
    history: {
      visitsMs: long.visitsMs.slice(-16),
      purchases: long.purchases.slice(-8).map(({ amount }) => ({ amount })),
      events: { length: 8 },
      name: "\u{1f600}".repeat(40),
    },
  });
});

t.test("who is refused is counted by reason", async (t) => {
  const ring = [
    { id: 2, key: Buffer.alloc(32, 8) },
    { id: 1, key: Buffer.alloc(32, 7) },
  ] as const;
  t.equal(createVisitorCookie(ring).open("shop", value).ok, true, "an older key opens");
  const [newest] = ring;
  const reason = (text: string) => {
    const opened = createVisitorCookie([newest]).open("shop", text);
    return opened.ok ? "none" : opened.reason;
  };
  t.equal(reason(value), "unknown_key");
  t.equal(reason("A".repeat(2049)), "too_long");
  t.equal(reason("AAAA"), "version");
  t.equal(reason(""), "version");
  t.equal(reason("AgI"), "version", "an older one");
  t.equal(reason("AwI"), "tampered");
  t.equal(reason("not base64url!"), "tampered");
});
