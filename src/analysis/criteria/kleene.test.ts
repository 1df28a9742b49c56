import * as fc from "fast-check";
import t from "tap";
import type { Hit } from "../../model/hit.ts";
import { newRow } from "../row.ts";
import { compileCriterion } from "./compile.ts";
import type { View } from "./facts.ts";
import { and, not, or, type Truth } from "./kleene.ts";

// Kleene, "Introduction to Metamathematics", section 64: the strong tables.
const T = true;
const F = false;
const U = undefined;
const tables: readonly (readonly [Truth, Truth, Truth, Truth])[] = [
  // left, right, and, or
  [T, T, T, T],
  [T, F, F, T],
  [T, U, U, T],
  [F, T, F, T],
  [F, F, F, F],
  [F, U, F, U],
  [U, T, U, T],
  [U, F, F, U],
  [U, U, U, U],
];

t.test("the tables", (t) => {
  for (const [left, right, both, either] of tables) {
    t.equal(and(left, right), both, `${left} and ${right}`);
    t.equal(or(left, right), either, `${left} or ${right}`);
  }
  t.same([not(T), not(F), not(U)], [F, T, U]);
  t.end();
});

const hit: Hit = {
  site: "shop",
  atMs: 0,
  kind: "page",
  url: "/",
  status: 200,
  address: "192.0.2.1",
  visitor: { cookie: "none", addressKey: "k" },
};

/** A visitor of whom nothing of the past is known. */
const view: View = {
  row: newRow(0, "s", hit, 0),
  steadyMs: 0,
  nowMs: 0,
  local: () => ({ weekday: 1, hour: 12, minuteOfDay: 12 * 60 }),
  staffing: () => ({ onDuty: 1, free: 1 }),
};

interface Sample {
  readonly text: string;
  readonly truth: Truth;
}

/** Expressions, each with what Kleene's tables make of it. `purchases` and `visits()` are unknown here. */
const { expression } = fc.letrec<{ expression: Sample }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom<Sample>(
      { text: "true", truth: T },
      { text: "hour == 3", truth: F },
      { text: "purchases > 0", truth: U },
      { text: 'visits("1d") != 2', truth: U },
      { text: "purchases in [1, 2]", truth: U },
      { text: "weekday in [purchases, 1]", truth: T },
      { text: "weekday in [purchases, 2]", truth: U },
    ),
    tie("expression").map(({ text, truth }) => ({ text: `!(${text})`, truth: not(truth) })),
    fc.tuple(tie("expression"), tie("expression")).map(([l, r]) => ({
      text: `(${l.text}) && (${r.text})`,
      truth: and(l.truth, r.truth),
    })),
    fc.tuple(tie("expression"), tie("expression")).map(([l, r]) => ({
      text: `(${l.text}) || (${r.text})`,
      truth: or(l.truth, r.truth),
    })),
    fc.tuple(tie("expression"), tie("expression"), tie("expression")).map(([c, y, n]) => ({
      text: `(${c.text}) ? (${y.text}) : (${n.text})`,
      truth: c.truth === undefined ? undefined : c.truth ? y.truth : n.truth,
    })),
  ),
}));

t.test("criteria follow the tables, however they are nested", (t) => {
  fc.assert(
    fc.property(expression, ({ text, truth }) => {
      t.equal(compileCriterion(text).evaluate(view), truth, text);
    }),
    { numRuns: 300 },
  );
  t.end();
});
