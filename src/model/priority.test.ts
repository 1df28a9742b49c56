import t from "tap";
import { triggered } from "./priority.ts";
import { firstVisit, withFacts } from "./visitor.ts";

const triggers = { purchase: 7, returnVisit: 4 } as const;
const first = firstVisit("v", 1_000);
const again = { ...first, visitsMs: [1_000, 9_000], visitCount: 2 };
const buyer = { ...again, purchases: [{ atMs: 9_500 }] };

t.test("a return visit and a purchase raise the priority, the higher counts", (t) => {
  t.equal(triggered(first, triggers), undefined);
  t.same(triggered(again, triggers), { atMs: 9_000, priority: 4 });
  t.same(triggered(buyer, triggers), { atMs: 9_500, priority: 7 });
  t.same(triggered(buyer, { purchase: 4, returnVisit: 7 }), { atMs: 9_500, priority: 7 });
  t.equal(triggered(buyer, {}), undefined);
  t.equal(triggered({ ...buyer, priority: 8 }, triggers), undefined, "never lowers it");
  t.end();
});

t.test("once told, it says nothing new; an agent's word stands until something happens", (t) => {
  t.equal(triggered(withFacts(again, { atMs: 9_000, priority: 4 }), triggers), undefined);
  const lowered = withFacts(buyer, { atMs: 9_900, priority: 2 });
  t.equal(triggered(lowered, triggers), undefined);
  const back = { ...lowered, visitsMs: [1_000, 9_000, 20_000], visitCount: 3 };
  t.same(triggered(back, triggers), { atMs: 20_000, priority: 4 });
  t.end();
});

t.test("a nuisance stays one", (t) => {
  t.equal(triggered({ ...buyer, priority: 0 }, triggers), undefined);
  t.end();
});
