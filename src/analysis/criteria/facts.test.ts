import { readFileSync } from "node:fs";
import t from "tap";
import { parse } from "yaml";
import type { Hit } from "../../model/hit.ts";
import { firstVisit } from "../../model/visitor.ts";
import { enter, newRow } from "../row.ts";
import { compileCriterion } from "./compile.ts";
import { durationMs } from "./duration.ts";
import { facts } from "./facts.ts";
import { criterionProblem } from "./problem.ts";

const docs = readFileSync(new URL("../../../docs/criteria.md", import.meta.url), "utf8");

t.test("operators are told of every fact, and of no other", (t) => {
  const table = docs.slice(docs.indexOf("## Facts"), docs.indexOf("Operators:"));
  const told = [...table.matchAll(/^\| `([^`(]+)` +\|/gm)].map(([, name]) => name);
  t.same(new Set(told), new Set(Object.keys(facts)));
  t.end();
});

t.test("the examples are good criteria", (t) => {
  const yaml = /```yaml\n([^]*?)```/.exec(docs)?.[1] ?? "";
  const { campaigns } = parse(yaml) as { campaigns: { name: string; when: string }[] };
  t.equal(campaigns.length, 6);
  for (const { name, when } of campaigns) t.equal(criterionProblem(when), undefined, name);
  t.end();
});

const hit: Hit = {
  site: "shop",
  atMs: 0,
  kind: "page",
  url: "/prices/list?x=1",
  status: 200,
  address: "192.0.2.1",
  visitor: { cookie: "returned", visitorId: "v", addressKey: "k" },
  consent: "identified",
  history: {
    ...firstVisit("v", 0),
    visitsMs: [-90_000, 0],
    visitCount: 20,
    purchases: [{ atMs: -1 }],
  },
  referrer: "https://search.example/",
  language: "de-AT",
};

t.test("each fact says what it is said to say", (t) => {
  const row = newRow(0, "s", hit, 0);
  enter(row, hit, 0);
  enter(row, { ...hit, url: "/cart", referrer: "https://shop.example/" }, 30_000);
  const view = {
    row,
    steadyMs: 40_999,
    nowMs: 0,
    local: () => ({ weekday: 2, hour: 14, minuteOfDay: 14 * 60 }),
    staffing: () => ({ onDuty: 3, free: 1 }),
  };
  for (const expression of [
    'page.url == "/cart" && page.path == "/cart"',
    "page.seconds == 10 && site.seconds == 40",
    'pages == 2 && !first_page && "/prices/list" in trail && trail.size() == 2',
    'visited("/prices") && !visited("/list")',
    'visits() == 20 && visits("1m") == 1 && visits("2m") == 2',
    "purchases == 1 && priority == 3",
    'referrer.startsWith("https://search.") && language.contains("AT")',
    "hour == 14 && weekday == 2 && agents.free == 1 && agents.on_duty == 3",
    'size("über") == 4',
  ]) {
    t.equal(compileCriterion(expression).evaluate(view), true, expression);
  }
  t.end();
});

t.test("lengths of time", (t) => {
  t.same(["30s", "5m", "12h", "7d", "2w", "0d", "7", "d", "1.5d", "7D", "-1d"].map(durationMs), [
    30_000,
    300_000,
    43_200_000,
    604_800_000,
    1_209_600_000,
    ...Array<undefined>(6).fill(undefined),
  ]);
  t.end();
});
