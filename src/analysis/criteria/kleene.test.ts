import * as fc from "fast-check";
import t from "tap";
import type { Hit } from "../../model/hit.ts";
import { newRow } from "../row.ts";
import { compileCriterion } from "./compile.ts";
import { conditionsOf } from "./conditions.ts";
import type { View } from "./facts.ts";
import { and, not, or, type Truth } from "./kleene.ts";
import { type ASTNode, parseCriterion } from "./language.ts";

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
  consent: "none",
};

/** A visitor of whom nothing of the past is known. */
const view: View = {
  row: newRow(0, "s", hit, 0),
  steadyMs: 0,
  nowMs: 0,
  local: () => ({ weekday: 1, hour: 12, minuteOfDay: 12 * 60 }),
  staffing: () => ({ onDuty: 1, free: 1 }),
  open: () => true,
  expected: () => 0.5,
};

interface Sample {
  readonly text: string;
  readonly truth: Truth;
}

interface Term<T> {
  readonly text: string;
  /** `undefined`: unknown. */
  readonly value: T | undefined;
}

/** The same, in brackets and with blanks, as people write. */
const dressed = <Sort extends { readonly text: string }>(some: fc.Arbitrary<Sort>) =>
  fc
    .tuple(some, fc.constantFrom("_", "_", "_", "(_)", "( _ )", "((_))", "(\n_ // (\n)"))
    .map(([one, dress]): Sort => ({ ...one, text: dress.replace("_", () => one.text) }));

const plainNumbers = fc.oneof(
  fc.nat(13).map((value): Term<number> => ({ text: `${value}`, value })),
  fc.constantFrom<Term<number>>(
    { text: "hour", value: 12 },
    { text: "weekday", value: 1 },
    { text: "agents.free", value: 1 },
    { text: "pages", value: 0 },
    { text: "size(trail)", value: 0 },
    { text: '"ab".size()', value: 2 },
    { text: 'pages("10m")', value: 0 },
    { text: 'views("/a")', value: 0 },
    { text: "downloads", value: 0 },
    { text: 'downloads("2h")', value: 0 },
    { text: "agents.expected", value: 0.5 },
    { text: "spent()", value: undefined },
    { text: 'spent("1w")', value: undefined },
    { text: "priority", value: 3 },
    { text: "purchases", value: undefined },
    { text: 'purchases("1d")', value: undefined },
    { text: 'events("a")', value: undefined },
    { text: 'events("a", "1d")', value: undefined },
    { text: "ever.pages", value: undefined },
    { text: "ever.days", value: undefined },
    { text: "visits()", value: undefined },
    { text: 'visits("1d")', value: undefined },
  ),
);
const plainTexts = fc.constantFrom<Term<string>>(
  { text: "page.path", value: "" },
  { text: "language", value: "" },
  { text: "landing.path", value: "" },
  { text: "referrer_host", value: "" },
  { text: 'param("a")', value: "" },
  { text: 'best_language(["a", "b"])', value: "" },
  { text: "consent", value: "none" },
  { text: "device", value: undefined },
  { text: '""', value: "" },
  { text: '"/a"', value: "/a" },
  { text: '"/ab"', value: "/ab" },
  { text: '"/(a"', value: "/(a" },
  { text: "r'\\)//'", value: "\\)//" },
);
const numbers = dressed(plainNumbers);
const texts = dressed(plainTexts);

const COMPARISONS: Readonly<Record<string, (l: number | string, r: number | string) => boolean>> = {
  "<": (l, r) => l < r,
  "<=": (l, r) => l <= r,
  ">": (l, r) => l > r,
  ">=": (l, r) => l >= r,
  "==": (l, r) => l === r,
  "!=": (l, r) => l !== r,
};
const TESTS: Readonly<Record<string, (l: string, r: string) => boolean>> = {
  startsWith: (l, r) => l.startsWith(r),
  endsWith: (l, r) => l.endsWith(r),
  contains: (l, r) => l.includes(r),
};

function equal<T>(l: Term<T>, r: Term<T>): Truth {
  return l.value === undefined || r.value === undefined ? U : l.value === r.value;
}

function compared<T extends number | string>(l: Term<T>, op: string, r: Term<T>): Sample {
  const known = l.value !== undefined && r.value !== undefined;
  const truth = known ? COMPARISONS[op]!(l.value, r.value) : U;
  return { text: `${l.text} ${op} ${r.text}`, truth };
}

const ops = fc.constantFrom(...Object.keys(COMPARISONS));
const plainAtoms = fc.oneof(
  fc.tuple(numbers, ops, numbers).map(([l, op, r]) => compared(l, op, r)),
  fc.tuple(texts, ops, texts).map(([l, op, r]) => compared(l, op, r)),
  fc.tuple(texts, fc.constantFrom(...Object.keys(TESTS)), texts).map(([l, test, r]) => ({
    text: `${l.text}.${test}(${r.text})`,
    truth: l.value === undefined || r.value === undefined ? U : TESTS[test]!(l.value, r.value),
  })),
  fc.tuple(numbers, fc.array(numbers, { minLength: 1, maxLength: 3 })).map(([one, list]) => ({
    text: `${one.text} in [${list.map(({ text }) => text).join(", ")}]`,
    truth: list.reduce<Truth>((found, other) => or(found, equal(one, other)), F),
  })),
  texts.map(({ text, value }) => ({
    text: `${text} in trail`,
    truth: value === undefined ? U : F,
  })),
  fc.tuple(texts, fc.array(texts, { minLength: 1, maxLength: 3 })).map(([one, list]) => ({
    text: `${one.text} in [${list.map(({ text }) => text).join(", ")}]`,
    truth: list.reduce<Truth>((found, other) => or(found, equal(one, other)), F),
  })),
  fc.constantFrom<Sample>(
    { text: "true", truth: T },
    { text: "first_page", truth: T },
    { text: 'visited("/")', truth: F },
    { text: 'went("/a", "/b")', truth: F },
    { text: 'downloaded("/")', truth: F },
    { text: 'done("a")', truth: F },
    { text: "bought", truth: F },
    { text: "from_ad", truth: F },
    { text: "open", truth: T },
    { text: "logged_in", truth: U },
    { text: "identified", truth: U },
    { text: "page.seconds >= 90", truth: F },
    { text: "0 <= site.seconds", truth: T },
  ),
);

const atoms = dressed(plainAtoms);

/** Expressions of the whole language, each with what Kleene's tables make of it. */
const { expression } = fc.letrec<{ expression: Sample }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    atoms,
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
      const { evaluate, asks } = compileCriterion(text);
      t.equal(evaluate(view), truth, text);
      const missing = [...asks.values()].some(({ read }) => read(view) === undefined);
      t.ok(truth !== undefined || missing, "what is unknown is so for want of a fact");
    }),
    { numRuns: 1_000 },
  );
  t.end();
});

/** What a criterion comes to, of the values of its conditions in their order. */
function joined(node: ASTNode, next: () => Truth): Truth {
  switch (node.op) {
    case "&&":
    case "||": {
      const [left, right] = [joined(node.args[0], next), joined(node.args[1], next)];
      return node.op === "&&" ? and(left, right) : or(left, right);
    }
    case "!_":
      return not(joined(node.args, next));
    case "?:": {
      const [condition, yes, no] = node.args.map((part) => joined(part, next));
      return condition === undefined ? U : condition ? yes : no;
    }
    default:
      return next();
  }
}

t.test("the conditions of a criterion are criteria, and come to the same when joined", (t) => {
  fc.assert(
    fc.property(expression, ({ text, truth }) => {
      const conditions = conditionsOf(text);
      const alone = conditions.map((one) => compileCriterion(one.expression).evaluate(view));
      t.same(
        alone,
        conditions.map(({ evaluate }) => evaluate(view)),
        "each is as it is written",
      );
      const values = alone.values();
      t.equal(
        joined(parseCriterion(text), () => values.next().value),
        truth,
        text,
      );
      t.ok(values.next().done);
    }),
    { numRuns: 1_000 },
  );
  t.end();
});
