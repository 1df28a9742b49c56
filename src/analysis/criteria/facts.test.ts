import { readFileSync } from "node:fs";
import t from "tap";
import { parse } from "yaml";
import type { Hit } from "../../model/hit.ts";
import { type ConsentTier, firstVisit } from "../../model/visitor.ts";
import { enter, newRow } from "../row.ts";
import { compileCriterion } from "./compile.ts";
import { durationMs } from "./duration.ts";
import { type Fact, facts } from "./facts.ts";
import { functions } from "./functions.ts";
import { criterionProblem } from "./problem.ts";
import { whyUnknown } from "./unknown.ts";

const docs = readFileSync(new URL("../../../docs/criteria.md", import.meta.url), "utf8");

/** Name, type and need of each line of a table, in the words of operators. */
function told(from: string, to: string) {
  const table = docs.slice(docs.indexOf(from), docs.indexOf(to));
  const lines = [...table.matchAll(/^\| `([^`]+)`.*?\| ([^|]+)\|.*\|([^|]*)\|$/gm)];
  return new Map(lines.map(([, name, type, needs]) => [name!, [type!.trim(), needs!.trim()]]));
}

const TYPES = {
  int: "number",
  string: "text",
  bool: "true or false",
  "list<string>": "list of texts",
};
const NEEDS = { history: "cookie", name: "name", agent: "browser" };

t.test("operators are told of every fact and every function, and of no other", (t) => {
  const words = ({ type, needs }: Pick<Fact, "type" | "needs">) => [
    TYPES[type],
    needs ? NEEDS[needs] : "",
  ];
  t.same(
    told("| fact ", "These want something"),
    new Map(Object.entries(facts).map(([name, fact]) => [name, words(fact)])),
  );
  const named = [...told("| function ", "Operators:")].map(([call, rest]) => [
    call.replace(/\(.*/, ""),
    rest,
  ]);
  t.same(
    named,
    Object.entries(functions).map(([name, made]) => [name, words(made)]),
  );
  for (const { example } of Object.values(functions))
    t.ok(docs.includes(`\`${example}\``), example);
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
    firstSeenMs: -3 * 86_400_000,
    timeSpentMs: 90_500,
    purchases: [
      { atMs: -1, amount: 7.5 },
      { atMs: 20_000, amount: 10 },
    ],
    events: [
      { name: "signup", atMs: -40 * 86_400_000 },
      { name: "signup", atMs: 20_000 },
    ],
  },
  userAgent: "Mozilla/5.0 (Linux; Android 10; K) Chrome/126.0.0.0 Mobile Safari/537.36",
  referrer: "https://www.search.example/",
  language: "de-AT",
};

const now = {
  steadyMs: 40_999,
  nowMs: 40_000,
  local: () => ({ weekday: 2, hour: 14, minuteOfDay: 14 * 60 }),
  open: () => true,
  staffing: () => ({ onDuty: 3, free: 1 }),
  expected: () => 0.5,
};

t.test("each fact says what it is said to say", (t) => {
  const row = newRow(0, "s", hit, 0);
  enter(row, hit, 0);
  enter(row, { ...hit, url: "/files/a.pdf", kind: "download", atMs: 10_000 }, 10_000);
  const noticed = {
    purchases: [{ atMs: 20_000, amount: 5 }],
    events: [{ name: "signup", atMs: 20_000 }],
  };
  enter(row, { ...hit, kind: "notice", noticed, atMs: 20_000 }, 20_000);
  const cart = { ...hit, url: "/cart", referrer: "https://shop.example/", atMs: 30_000 };
  enter(row, cart, 30_000);
  for (const expression of [
    'page.url == "/cart" && page.path == "/cart"',
    "page.seconds == 10 && site.seconds == 40",
    'pages == 2 && !first_page && "/prices/list" in trail && trail.size() == 2',
    'landing.url == "/prices/list?x=1" && landing.path == "/prices/list" && !from_ad',
    'param("x") == "1" && param("y") == ""',
    'visited("/prices") && !visited("/list") && views("/") == 2 && views("/prices") == 1',
    'went("/prices", "/cart") && !went("/cart", "/prices") && !went("/prices", "/prices")',
    'went("/", "/cart") && !went("/", "/", "/")',
    'visits() == 20 && visits("1m") == 1 && visits("3m") == 2',
    'pages("30s") == 1 && pages("1m") == 2',
    'downloads == 1 && downloads("31s") == 1 && downloads("30s") == 0',
    'downloaded("/files/") && !downloaded("/cart")',
    'bought && done("signup") && !done("newsletter")',
    'purchases == 2 && purchases("40s") == 1 && purchases("41s") == 2 && purchases("1h") == 2',
    'spent() > 17.4 && spent() < 17.6 && spent("40s") == 10',
    'events("signup") == 2 && events("signup", "30d") == 1 && events("other") == 0',
    "ever.pages == 1 && ever.seconds == 90 && ever.days == 3",
    'priority == 3 && consent == "persistent" && !logged_in && !identified',
    'referrer.startsWith("https://www.search.") && referrer_host == "search.example"',
    'language.contains("AT") && best_language(["en", "de"]) == "de"',
    'device == "mobile"',
    "hour == 14 && weekday == 2 && agents.free == 1 && agents.on_duty == 3 && open",
    "agents.expected > 0.4 && agents.expected < agents.free",
    'size("über") == 4',
  ]) {
    t.equal(compileCriterion(expression).evaluate({ row, ...now }), true, expression);
  }
  t.end();
});

t.test("who we may know of is known, and who does not let us is unknown", (t) => {
  const { history, userAgent: _userAgent, ...rest } = hit;
  const refuser: Hit = {
    ...rest,
    consent: "none",
    visitor: { cookie: "none", addressKey: "k" },
    noticed: { purchases: [{ atMs: 5_000, amount: 9 }] },
  };
  const row = newRow(0, "s", refuser, 0);
  enter(row, refuser, 0);
  for (const [expression, truth] of [
    ["purchases >= 0", undefined],
    ['purchases("40s") == 1', true],
    ['spent("40s") == 9', true],
    ['purchases("41s") == 0', undefined],
    ['events("signup") == 0', undefined],
    ['events("signup", "10s") == 0', true],
    ["bought", true],
    ["logged_in", undefined],
    ["identified", undefined],
    ["ever.days >= 0 || ever.pages >= 0 || ever.seconds >= 0", undefined],
    ['device == "desktop"', undefined],
    ['consent == "none"', true],
  ] as const) {
    t.equal(compileCriterion(expression).evaluate({ row, ...now }), truth, expression);
  }
  const known = newRow(0, "s", hit, 0);
  enter(known, { ...hit, history: { ...history!, login: "ada" } }, 0);
  t.equal(compileCriterion("logged_in && identified").evaluate({ row: known, ...now }), true);
  t.end();
});

t.test("what keeps a fact from us is told", (t) => {
  const known = (allows: ConsentTier, needs: "history" | "name" | "agent") =>
    whyUnknown(needs, { allows });
  t.equal(
    known("session", "history"),
    "the visitor's consent is 'session', and what was before this visit needs 'persistent'",
  );
  t.equal(
    known("persistent", "name"),
    "the visitor's consent is 'persistent', and who it is needs 'identified'",
  );
  t.equal(
    known("persistent", "history"),
    "the visitor's browser has not brought our cookie back yet",
  );
  t.equal(known("identified", "name"), "the visitor's browser has not brought our cookie back yet");
  t.equal(known("identified", "agent"), "the browser does not say what it is");
  // Whoever may have a value and has none has something that keeps it from us.
  const row = newRow(0, "s", { ...hit, consent: "none" }, 0);
  for (const [name, { read, needs }] of Object.entries(facts)) {
    t.equal(read({ row, ...now }) === undefined, needs !== undefined, name);
  }
  t.end();
});

t.test("the first page of a visit is known however long it is", (t) => {
  const row = newRow(0, "s", hit, 0);
  for (let page = 0; page < 30; page += 1) {
    enter(row, { ...hit, url: page === 0 ? "/?gclid=7" : `/${page}` }, page);
  }
  const { evaluate } = compileCriterion('landing.path == "/" && param("gclid") == "7" && from_ad');
  t.equal(evaluate({ row, ...now }), true);
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
