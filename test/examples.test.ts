/** The campaigns of config/examples: each file is loaded as `warmline run` loads it, and finds whom it says it finds. */
import { readdirSync } from "node:fs";
import t from "tap";
import { type Analysis, createAnalysis } from "../src/analysis/analysis.ts";
import { loadConfig } from "../src/config/load.ts";
import { configChecks } from "../src/main/config-checks.ts";
import { campaignsOf, sitesOf } from "../src/main/sites.ts";
import type { Opportunity } from "../src/model/opportunity.ts";
import { firstVisit, type VisitorHistory } from "../src/model/visitor.ts";
import { FakeClock } from "./fake-clock.ts";

const folder = new URL("../config/examples/", import.meta.url);
const DAY_MS = 86_400_000;

/** A visitor of the example's site, who does what the story says. */
interface Visitor {
  page(url: string, noticed?: object): void;
  wait(seconds: number): void;
}

interface Example {
  readonly past?: Partial<VisitorHistory>;
  /** Leads to an opportunity with its last step, not before. */
  readonly story: readonly ((visitor: Visitor) => void)[];
  /** Each leads to nothing. */
  readonly others: readonly (readonly [
    string,
    Partial<VisitorHistory>,
    (visitor: Visitor) => void,
  ])[];
}

const examples: Readonly<Record<string, Example>> = {
  "twice-in-a-week": {
    past: { visitsMs: [-3 * DAY_MS, 0], visitCount: 2 },
    story: [(v) => v.page("/"), (v) => v.page("/machines")],
    others: [
      ["a first visit", {}, (v) => [1, 2, 3].forEach((n) => v.page(`/${n}`))],
      [
        "eight days ago",
        { visitsMs: [-8 * DAY_MS, 0], visitCount: 2 },
        (v) => [1, 2].forEach((n) => v.page(`/${n}`)),
      ],
    ],
  },
  "seconds-on-a-page": {
    story: [(v) => v.page("/prices/list"), (v) => v.wait(89), (v) => v.wait(1)],
    others: [
      ["another page", {}, (v) => (v.page("/"), v.wait(120))],
      ["another page in time", {}, (v) => (v.page("/prices"), v.wait(80), v.page("/"), v.wait(60))],
    ],
  },
  "given-page": {
    story: [(v) => v.page("/"), (v) => v.page("/cart?add=7"), (v) => v.page("/machines")],
    others: [
      ["paid", {}, (v) => ["/cart", "/checkout", "/thanks"].forEach((url) => v.page(url))],
      ["at once", {}, (v) => (v.page("/cart"), v.page("/", { purchases: [{ atMs: 0 }] }))],
      ["still there", {}, (v) => (v.page("/"), v.page("/cart"), v.wait(200))],
    ],
  },
  "attended-shop": {
    story: [(v) => v.page("/"), (v) => v.wait(60), (v) => v.page("/machines")],
    others: [["through the window", {}, (v) => (v.page("/"), v.wait(250))]],
  },
  "repeat-customer": {
    past: { purchases: [{ atMs: -90 * DAY_MS, amount: 20 }] },
    story: [(v) => v.page("/"), (v) => v.page("/machines")],
    others: [
      ["has bought nothing", {}, (v) => (v.page("/"), v.page("/machines"))],
      [
        "is paying",
        { purchases: [{ atMs: -90 * DAY_MS }] },
        (v) => (v.page("/"), v.page("/checkout/1")),
      ],
    ],
  },
  "help-desk": {
    story: [
      (v) => v.page("/"),
      (v) => v.page("/help/printers"),
      (v) => v.wait(179),
      (v) => v.wait(1),
    ],
    others: [
      ["at work", {}, (v) => (v.page("/orders"), v.wait(280))],
      ["found it", {}, (v) => [1, 2, 3].forEach((n) => (v.page(`/help/${n}`), v.wait(30)))],
    ],
  },
};

function visit(name: string, past: Partial<VisitorHistory>) {
  const clock = new FakeClock();
  const beganMs = clock.nowMs();
  const found: Opportunity[] = [];
  const file = new URL(`${name}.yaml`, folder).pathname;
  const config = loadConfig(file, configChecks);
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const [sites, campaigns] = [sitesOf(config), campaignsOf(config)];
  // Who is in the control group depends on who it is.
  const analysis: Analysis = createAnalysis(
    {
      sites,
      campaigns: campaigns.map((campaign) => ({ ...campaign, holdOut: 0 })),
      mostSessions: 10,
      idleMs: config.sessions.idle,
    },
    {
      clock,
      log,
      metrics: {
        sessions() {},
        sessionsEvicted() {},
        evaluated() {},
        suppressed() {},
        opportunity() {},
      },
      staffing: { staffing: () => ({ onDuty: 1, free: 1 }) },
      opportunities: { found: (opportunity) => void found.push(opportunity) },
      observer: { changed() {}, ended() {} },
      cookies: { lacks() {} },
      randomId: () => `id${found.length}`,
    },
  );
  const at = (one: { readonly atMs: number }) => ({ ...one, atMs: one.atMs + beganMs });
  const visitsMs = past.visitsMs?.map((ms) => ms + beganMs);
  const history: VisitorHistory = {
    ...firstVisit("v", beganMs),
    ...past,
    ...(visitsMs && { visitsMs }),
    purchases: past.purchases?.map(at) ?? [],
  };
  const visitor: Visitor = {
    page: (url, noticed) =>
      analysis.touch({
        site: sites[0]!.name,
        atMs: clock.nowMs(),
        kind: "page",
        url,
        status: 200,
        address: "192.0.2.1",
        visitor: { cookie: "returned", visitorId: "v", addressKey: "k" },
        consent: "identified",
        history,
        ...(noticed && { noticed }),
      }),
    wait: (seconds) => clock.advance(seconds * 1_000),
  };
  return { analysis, found, visitor, campaign: campaigns[0]!.name };
}

t.test("every example is tried", async (t) => {
  const files = readdirSync(folder).map((file) => file.replace(/\.yaml$/, ""));
  t.same(new Set(files), new Set(Object.keys(examples)));
});

for (const [name, { past = {}, story, others }] of Object.entries(examples)) {
  t.test(`${name} finds whom it says it finds`, async (t) => {
    const { analysis, campaign, found, visitor } = visit(name, past);
    for (const step of story) {
      t.equal(found.length, 0);
      step(visitor);
    }
    t.match(found, [{ campaign, offer: "contact" }]);
    analysis[Symbol.dispose]();
    for (const [what, otherPast, otherStory] of others) {
      const other = visit(name, otherPast);
      otherStory(other.visitor);
      t.same(other.found, [], what);
      other.analysis[Symbol.dispose]();
    }
  });
}
