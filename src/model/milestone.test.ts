import t from "tap";
import { lacking, type Purchase, withEvent, withPurchase } from "./milestone.ts";
import { firstVisit, isNews, mergedFacts, withFacts, withNoticed } from "./visitor.ts";

const DAY_MS = 86_400_000;

t.test("an order counts once, however often its page is loaded", async (t) => {
  const one: Purchase = { atMs: 0, amount: 20, order: "7" };
  const list = withPurchase([], one);
  t.same(withPurchase(list, { ...one, atMs: DAY_MS }), [one]);
  t.equal(withPurchase(list, { ...one, order: "8" }).length, 2);
});

t.test("without its number, the same sum soon after is the same purchase", async (t) => {
  const one: Purchase = { atMs: 0, amount: 20, currency: "EUR" };
  const list = withPurchase([], one);
  t.equal(withPurchase(list, { ...one, atMs: 60_000 }).length, 1);
  t.equal(withPurchase(list, { ...one, atMs: 60_000, amount: 21 }).length, 2);
  t.equal(withPurchase(list, { ...one, atMs: DAY_MS }).length, 2);
});

t.test("milestones stand in their order, and the oldest make room", async (t) => {
  const times = [5, 3, 9, 1, 7, 2, 8, 4, 6, 10, 3];
  const events = times.map((atMs) => ({ name: "login", atMs })).reduce(withEvent, []);
  t.same(
    events.map(({ atMs }) => atMs),
    [3, 4, 5, 6, 7, 8, 9, 10],
  );
  const orders = times.map((n) => ({ atMs: n, order: String(n) })).reduce(withPurchase, []);
  t.equal(orders.length, 8);
});

t.test("two tabs that race lose no milestone, in whatever order the news come", async (t) => {
  const before = { ...firstVisit("v", 0), factsAtMs: 50 };
  const left = withNoticed(before, { events: [{ name: "newsletter", atMs: 10 }] });
  const right = withNoticed(before, { purchases: [{ atMs: 11, order: "7" }], login: "anna" });
  const { events, purchases } = left;
  t.match(withFacts(right, { atMs: 20, events, purchases, priority: 9 }), {
    events: left.events,
    purchases: right.purchases,
    login: "anna",
    priority: 3,
    factsAtMs: 50,
  });
});

t.test("what a list lacks, but not what it has no room for", async (t) => {
  const eight = Array.from({ length: 8 }, (_, n) => ({ atMs: 10 + n, order: String(n) }));
  const there = { purchases: eight, events: [] };
  const [older, newer] = [
    { atMs: 1, order: "older" },
    { atMs: 99, order: "newer" },
  ];
  t.equal(lacking(there, { purchases: [older, eight[3]!] }), undefined);
  t.same(lacking(there, { purchases: [older, newer] }), { purchases: [newer], events: [] });
  const basket = { name: "basket", atMs: 5 };
  t.same(lacking(there, { events: [basket] }), { purchases: [], events: [basket] });
  t.equal(lacking(there, {}), undefined);
});

t.test("milestones that come back are news once, and no word on anything else", async (t) => {
  const history = { ...firstVisit("v", 0), factsAtMs: 50, priority: 7 } as const;
  const facts = { atMs: 99, purchases: [{ atMs: 5, order: "7" }] };
  t.equal(isNews(history, facts), true);
  const whole = withFacts(history, facts);
  t.match(whole, { factsAtMs: 50, priority: 7, purchases: [{ order: "7" }] });
  t.equal(isNews(whole, facts), false);
  t.equal(isNews(whole, { ...facts, priority: 3 }), true);
});

t.test("of two facts the newest word and all milestones stay, in whatever order", async (t) => {
  const word = { atMs: 50, priority: 7, name: "Ada" } as const;
  const bought = { atMs: 99, purchases: [{ atMs: 5, order: "7" }] };
  const both = { ...word, purchases: bought.purchases, events: [] };
  t.same(mergedFacts(word, bought), both);
  t.same(mergedFacts(bought, word), both);
  const more = { atMs: 60, priority: 0, events: [{ atMs: 6, name: "basket" }] } as const;
  const all = { ...both, atMs: 60, priority: 0, events: more.events };
  t.same(mergedFacts(both, more), all);
  t.same(mergedFacts(more, both), all);
});
