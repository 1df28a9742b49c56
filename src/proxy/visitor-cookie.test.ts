import * as fc from "fast-check";
import t from "tap";
import { firstVisit } from "../model/visitor.ts";
import { createVisitorCookie } from "./visitor-cookie.ts";

const cookie = createVisitorCookie([{ id: 1, key: Buffer.alloc(32, 7) }]);
const history = { ...firstVisit("AAAAAAAAAAAAAAAAAAAAAA", 1_700_000_000_000), name: "Jöhn" };
const value = cookie.seal("shop", history);

t.test("what was sealed is opened, on its own site only", async (t) => {
  t.same(cookie.open("shop", value), { ok: true, history });
  t.equal(cookie.open("other", value).ok, false);
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

t.test(
  "a history that is too long loses its oldest visits, then purchases, then the name",
  async (t) => {
    const long = {
      ...history,
      visitsMs: Array.from({ length: 40 }, (_, i) => 1_700_000_000_000 + i),
      purchases: Array.from({ length: 9 }, (_, i) => ({ atMs: i, amount: 0.1 + i })),
      name: "\u{1f600}".repeat(200),
      number: "+49301234567",
    };
    const sealed = cookie.seal("shop", long);
    t.ok(sealed.length <= 2048, `${sealed.length} characters`);
    const opened = cookie.open("shop", sealed);
    t.match(opened, {
      ok: true,
      history: {
        visitsMs: long.visitsMs.slice(-16),
        purchases: long.purchases.slice(-4),
        name: "\u{1f600}".repeat(80),
        number: long.number,
      },
    });
    // Every character of it takes six in JSON.
    const wide = { ...long, name: "\u0001".repeat(200), id: "i".repeat(64) };
    const control = cookie.open("shop", cookie.seal("shop", wide));
    t.equal(control.ok && control.history.name?.length, 80);
    const huge = cookie.seal("shop", {
      ...long,
      number: "\u0001".repeat(200),
      name: "\u0001".repeat(99),
    });
    t.ok(huge.length <= 2048);
    t.equal(cookie.open("shop", huge).ok, true);
  },
);

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
  t.equal(reason("AQI"), "tampered");
  t.equal(reason("not base64url!"), "tampered");
});
