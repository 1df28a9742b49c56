import t from "tap";
import { compileCriterion } from "./compile.ts";
import { changesAt } from "./thresholds.ts";

t.test("a comparison is looked at exactly when it changes", (t) => {
  const holds = {
    "<": (s: number, c: number) => s < c,
    "<=": (s: number, c: number) => s <= c,
    ">": (s: number, c: number) => s > c,
    ">=": (s: number, c: number) => s >= c,
    "==": (s: number, c: number) => s === c,
    "!=": (s: number, c: number) => s !== c,
  };
  for (const op of ["<", "<=", ">", ">=", "==", "!="] as const) {
    for (const limit of [-3, 0, 0.5, 1, 4, 7.5]) {
      const expected: number[] = [];
      for (let s = 1; s < 20; s += 1) {
        if (holds[op](s, limit) !== holds[op](s - 1, limit)) expected.push(s);
      }
      t.same(changesAt(op, limit), expected, `seconds ${op} ${limit}`);
    }
  }
  t.end();
});

t.test("thresholds are found wherever they stand, on either side, each once", (t) => {
  const { thresholds } = compileCriterion(
    "!(page.seconds >= 90) || 30 < page.seconds || (first_page ? site.seconds == 60 : page.seconds < 90)",
  );
  t.same(thresholds, [
    { since: "page", seconds: 31 },
    { since: "site", seconds: 60 },
    { since: "site", seconds: 61 },
    { since: "page", seconds: 90 },
  ]);
  t.same(compileCriterion("pages > 3").thresholds, []);
  t.end();
});

t.test("windows that may run out within a visit are watched", (t) => {
  const { windows } = compileCriterion(
    'visits("7d") > 1 || pages("10m") < 3 || (purchases("1h") == 0 && pages("10m") > 5)',
  );
  t.same([...windows.keys()], ['pages("10m")', 'purchases("1h")']);
  t.end();
});
