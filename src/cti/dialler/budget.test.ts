import { array, boolean, check, property } from "fast-check";
import t from "tap";
import { type Budget, createBudget } from "./budget.ts";

const HOUR = 3_600_000;
const LAW = { dropLimit: 0.03, dropWindowMs: 30 * 24 * HOUR };

function answers(budget: Budget, count: number, atMs: number): void {
  for (let n = 0; n < count; n += 1) budget.answered(atMs);
}

t.test("nothing may be dropped before enough have been answered", async (t) => {
  const budget = createBudget(LAW, []);
  t.equal(budget.share(0), 0);
  answers(budget, 36, 0);
  t.equal(budget.share(0), 0);
  answers(budget, 1, 0);
  t.ok(budget.share(0) > 0, "0.03 × 0.92 × 37 is a whole drop");
  budget.dropped(0);
  t.equal(budget.share(0), 0);
});

t.test("what is saved is bounded: a good month is not spent in an hour", async (t) => {
  const budget = createBudget(LAW, []);
  answers(budget, 100_000, 0);
  t.equal(budget.allowance(0), 12);
  for (let n = 0; n < 12; n += 1) budget.dropped(0);
  t.equal(budget.share(0), 0);
  t.same(budget.window(0), { answers: 100_000, drops: 12 });
});

t.test("the window moves on, and counts are kept by the hour", async (t) => {
  const budget = createBudget(LAW, []);
  answers(budget, 200, 0);
  budget.dropped(HOUR);
  t.same(budget.hour(0), { hour: 0, answers: 200, drops: 0 });
  t.same(budget.window(LAW.dropWindowMs), { answers: 200, drops: 1 });
  t.same(budget.window(LAW.dropWindowMs + HOUR), { answers: 0, drops: 1 });
  t.equal(budget.share(LAW.dropWindowMs + HOUR), 0, "one of none is too many");
  t.same(budget.window(LAW.dropWindowMs + 2 * HOUR), { answers: 0, drops: 0 });
});

t.test("after a restart it is as before", async (t) => {
  const before = createBudget(LAW, []);
  answers(before, 500, 0);
  before.dropped(HOUR);
  const after = createBudget(LAW, [before.hour(0), before.hour(HOUR)]);
  t.same(after.window(HOUR), before.window(HOUR));
  t.ok(Math.abs(after.allowance(HOUR) - before.allowance(HOUR)) < 1e-9);
});

t.test("whoever drops only what he may is within the limit, in any order of things", async (t) => {
  const holds = property(array(boolean(), { maxLength: 2_000 }), (wishes) => {
    const budget = createBudget(LAW, []);
    return wishes.every((drop, n) => {
      const nowMs = n * 60_000;
      budget.answered(nowMs);
      if (drop && budget.allowance(nowMs) >= 1) budget.dropped(nowMs);
      const window = budget.window(nowMs);
      return window.drops <= LAW.dropLimit * window.answers;
    });
  });
  t.equal(check(holds).counterexample, null);
});
