import t from "tap";
import { FakeClock } from "../../test/fake-clock.ts";
import type { Campaign } from "../model/campaign.ts";
import type { Hit } from "../model/hit.ts";
import type { Opportunity, OpportunityState } from "../model/opportunity.ts";
import type { Site } from "../model/site.ts";
import {
  firstVisit,
  type VisitorHistory,
  type VisitorRef,
  withFacts,
  withNoticed,
} from "../model/visitor.ts";
import { createAnalysis } from "./analysis.ts";

const MINUTE_MS = 60_000;
/** The ids of the first rows: life of the engine, place, how many were there before. */
const [FIRST, SECOND] = ["id1.0.0", "id1.1.0"];
const DAY_MS = 86_400_000;

const shop: Site = {
  name: "shop",
  hosts: ["shop.example"],
  origins: ["http://127.0.0.1:1"],
  firm: "acme",
  country: "DE",
  timeZone: "Europe/Berlin",
  // Monday to Friday, 9 to 17; the fake clock starts on a Monday at 11.
  hours: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, fromMinute: 540, toMinute: 1_020 })),
  reservedPath: "/.warmline/",
  excludedPaths: [],
  engagement: "on",
};

function campaign(over: Partial<Campaign> = {}): Campaign {
  return {
    name: "prices",
    site: "shop",
    mode: "invite_first",
    when: 'page.path == "/prices"',
    message: "hello",
    coolDownMs: DAY_MS,
    perPage: 9,
    perVisit: 1,
    holdOut: 0,
    outOfHours: true,
    ...over,
  };
}

const refuser: VisitorRef = { cookie: "none", addressKey: "k1" };
const issued = (id: string, addressKey = "k1"): VisitorRef => ({
  cookie: "issued",
  visitorId: id,
  addressKey,
});
const returned = (id: string, addressKey = "k1"): VisitorRef => ({
  cookie: "returned",
  visitorId: id,
  addressKey,
});

function bench(
  campaigns: readonly Campaign[],
  over: { mostSessions?: number; sites?: readonly Site[] } = {},
) {
  const clock = new FakeClock();
  const staffing = { onDuty: 1, free: 1 };
  const found: Opportunity[] = [];
  const changed: string[] = [];
  const ended: string[] = [];
  const lacking: unknown[] = [];
  const evicted: string[] = [];
  const suppressed: string[] = [];
  const evaluated: string[] = [];
  let ids = 0;
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const analysis = createAnalysis(
    {
      sites: over.sites ?? [shop],
      campaigns,
      mostSessions: over.mostSessions ?? 100,
      idleMs: 5 * MINUTE_MS,
    },
    {
      clock,
      log,
      metrics: {
        sessions() {},
        sessionsEvicted: (reason, count) => void evicted.push(...Array<string>(count).fill(reason)),
        evaluated: (name, result, count) => void evaluated.push(`${name} ${result} ${count}`),
        opportunity() {},
        suppressed: (_name, reason, count) =>
          void suppressed.push(...Array<string>(count).fill(reason)),
      },
      staffing: { staffing: () => staffing },
      opportunities: { found: (opportunity) => void found.push(opportunity) },
      observer: {
        changed: (session) => void changed.push(session.id),
        ended: (id) => void ended.push(id),
      },
      cookies: { lacks: ({ id }, facts) => void lacking.push([analysis.keysOf(id), facts]) },
      randomId: () => `id${(ids += 1)}`,
    },
  );
  const page = (
    url: string,
    visitor: VisitorRef = refuser,
    history?: VisitorHistory,
    over: Partial<Hit> = {},
  ) =>
    analysis.touch({
      site: "shop",
      atMs: clock.nowMs(),
      kind: "page",
      url,
      status: 200,
      address: "192.0.2.1",
      visitor,
      consent: visitor.cookie === "none" ? "none" : "identified",
      ...(history && { history }),
      ...over,
    });
  /** What has been counted, which is told every five seconds. */
  const told = (list: readonly string[]) => {
    clock.advance(5_000);
    return list;
  };
  const through = (...states: OpportunityState[]) => {
    for (const state of states) analysis.advance(found.at(-1)?.id ?? "", state);
  };
  return {
    analysis,
    clock,
    staffing,
    found,
    changed,
    ended,
    lacking,
    evicted: () => told(evicted),
    suppressed: () => told(suppressed),
    evaluated,
    page,
    through,
  };
}

t.test(
  "twice in a week [0032-0033]: the second visit within seven days fires, a first one does not",
  (t) => {
    const { clock, found, page } = bench([campaign({ when: 'visits("7d") >= 2' })]);
    const now = clock.nowMs();
    const history = (...visitsMs: number[]) => ({
      ...firstVisit("v", now),
      visitsMs,
      visitCount: visitsMs.length,
    });
    page("/", returned("a"), history(now - 8 * DAY_MS, now));
    t.equal(found.length, 0, "the visit before was more than a week ago");
    page("/", returned("b"), history(now - 2 * DAY_MS, now));
    t.equal(found.length, 1);
    t.match(found[0], {
      campaign: "prices",
      criterion: 'visits("7d") >= 2',
      offer: "contact",
      state: "open",
    });
    t.end();
  },
);

t.test("what the visitor does not let us know is unknown, and its negation too", (t) => {
  const { clock, evaluated, found, page, analysis } = bench([
    campaign({ name: "new", when: 'visits("7d") < 2' }),
    campaign({ name: "buyer", when: "!(purchases > 0)" }),
    campaign({ name: "either", when: "purchases > 0 || first_page" }),
  ]);
  page("/");
  clock.advance(5_000);
  t.same(evaluated, ["new unknown 1", "buyer unknown 1", "either true 1"]);
  t.equal(found.length, 1);
  t.match(analysis.explain(FIRST), [
    { campaign: "new", result: "unknown" },
    { campaign: "buyer", result: "unknown" },
    {
      campaign: "either",
      criterion: "purchases > 0 || first_page",
      result: "true",
      conditions: [
        {
          text: "purchases > 0",
          result: "unknown",
          facts: [{ name: "purchases", why: /consent/ }],
        },
        { text: "first_page", result: "true", facts: [{ name: "first_page", value: true }] },
      ],
      why: "open_opportunity",
    },
  ]);
  t.end();
});

t.test("new criteria of time are asked of who is there, without a page of his", (t) => {
  const { clock, found, page, analysis, evaluated } = bench([campaign({ when: "pages > 3" })]);
  page("/prices");
  clock.advance(30_000);
  const rules = [
    campaign({ name: "soon", when: "page.seconds >= 60" }),
    campaign({ name: "over", when: 'page.seconds >= 20 && page.path == "/never"' }),
  ];
  analysis.use({ sites: [shop], campaigns: rules });
  clock.advance(29_999);
  t.same([found.length, evaluated.includes("over false 1")], [0, true], "asked at once");
  clock.advance(1);
  t.match(found, [{ campaign: "soon" }]);
  const late = campaign({ name: "late", when: "page.seconds >= 50", perVisit: 9 });
  analysis.advance(found[0]!.id, "expired");
  analysis.use({ sites: [shop], campaigns: [...rules, late] });
  clock.advance(10);
  t.match(found.slice(1), [{ campaign: "late" }], "also when its time has come already");
  analysis.use({ sites: [shop], campaigns: [...rules, late] });
  clock.advance(1_000);
  t.equal(found.length, 2, "what has not changed is not asked again");
  t.end();
});

t.test("new rules count from the next hit; who is there stays", (t) => {
  const { clock, evaluated, found, page, analysis, ended } = bench([campaign()]);
  page("/", returned("a"));
  clock.advance(MINUTE_MS);
  t.throws(() => analysis.use({ sites: [shop], campaigns: [campaign({ when: "pagess > 1" })] }));
  page("/", returned("a"));
  t.equal(analysis.session(FIRST)?.pages, 2, "what is wrong changes nothing");

  const more = { ...shop, name: "more", firm: "else" };
  const rules = [campaign({ when: "pages >= 3" }), campaign({ name: "m", site: "more" })];
  analysis.use({ sites: [shop, more], campaigns: rules });
  page("/", returned("a"));
  t.equal(found.at(-1)?.criterion, "pages >= 3");
  page("/prices", returned("b"), undefined, { site: "more" });
  t.equal(found.at(-1)?.campaign, "m", "also of a site that was not there");
  t.same(
    analysis.latest(["more"], 9).map(({ site }) => site),
    ["more"],
  );

  analysis.use({ sites: [shop], campaigns: rules.slice(0, 1) });
  const before = found.length;
  page("/prices", returned("c"), undefined, { site: "more" });
  t.equal(found.length, before);
  t.equal(analysis.count(["more"]), 1, "no visit begins on a site that is gone");
  analysis.advance(found.at(-1)?.id ?? "", "invited");
  analysis.advance(found.at(-1)?.id ?? "", "declined");
  clock.advance(6 * MINUTE_MS);
  t.same(analysis.count(), 0);
  t.ok(ended.includes(SECOND), "the visits that there were end as ever");

  analysis.use({ sites: [{ ...shop, engagement: "off" }, more], campaigns: rules });
  page("/prices");
  t.equal(analysis.count(), 0);
  page("/prices", returned("d"), undefined, { site: "more" });
  t.equal(analysis.latest(["more"], 9)[0]?.site, "more");
  t.ok(evaluated.includes("prices true 1"), "nothing that was counted is lost");
  t.end();
});

t.test("seconds on a page fire at their second, with no request, once", (t) => {
  const { clock, found, page } = bench([campaign({ when: "page.seconds >= 90" })]);
  page("/", refuser);
  clock.advance(60_000);
  page("/more", refuser);
  clock.advance(89_999);
  t.equal(found.length, 0, "the next page began anew");
  clock.advance(1);
  t.equal(found.length, 1);
  clock.advance(MINUTE_MS);
  t.equal(found.length, 1);
  t.end();
});

t.test("a window that runs out fires at its moment, with no request, once", (t) => {
  const { clock, found, page } = bench([campaign({ when: 'pages >= 3 && pages("1m") <= 1' })]);
  page("/");
  clock.advance(10_000);
  page("/a");
  clock.advance(10_000);
  page("/b");
  clock.advance(49_999);
  t.equal(found.length, 0);
  clock.advance(1);
  t.equal(found.length, 1, "the page before the last is a minute old");
  clock.advance(MINUTE_MS);
  t.equal(found.length, 1);
  t.end();
});

t.test("what a visitor has had is not less because he shares an address with others", (t) => {
  const { clock, found, page, suppressed, through } = bench([
    campaign({ when: "pages >= 1", coolDownMs: 0, perVisit: 2, perVisitor: 2 }),
  ]);
  for (const url of ["/", "/2"]) {
    page(url, returned("v"));
    through("expired");
  }
  clock.advance(6 * MINUTE_MS);
  // Until the cookie comes back it is a stranger; then it is the same visitor.
  page("/", issued("v"));
  t.equal(found.length, 3);
  through("expired");
  page("/2", returned("v"));
  t.equal(found.length, 3);
  t.same(suppressed(), ["per_visitor"]);
  t.end();
});

t.test("a visitor who comes later does not put off the time of an earlier one", (t) => {
  const { clock, found, page } = bench([campaign({ when: "page.seconds >= 90" })]);
  page("/", returned("a"));
  clock.advance(50_000);
  page("/", returned("b"));
  clock.advance(40_000);
  t.equal(found.length, 1);
  clock.advance(50_000);
  t.equal(found.length, 2);
  t.end();
});

t.test("a hit after the idle time is a new visit, even before the row was swept away", (t) => {
  const { analysis, clock, ended, page } = bench([]);
  clock.advance(1_000);
  page("/");
  clock.advance(5 * MINUTE_MS + 1);
  page("/");
  t.same([ended, analysis.count(), analysis.latest(["shop"], 9).length], [[FIRST], 1, 1]);
  t.match(analysis.session("id1.0.1"), { pages: 1 });
  t.notOk(analysis.session(FIRST));
  t.end();
});

t.test("seconds on the site run on over pages", (t) => {
  const { clock, found, page } = bench([campaign({ when: "site.seconds > 90 && pages >= 2" })]);
  page("/");
  clock.advance(60_000);
  page("/more");
  clock.advance(30_999);
  t.equal(found.length, 0);
  clock.advance(1);
  t.equal(found.length, 1, "more than 90 is 91");
  t.end();
});

t.test("a visitor who leaves takes his due times along", (t) => {
  const { clock, found, page, ended, evicted, analysis } = bench([
    campaign({ when: "page.seconds >= 1000" }),
  ]);
  page("/");
  clock.advance(5 * MINUTE_MS + 5_000);
  t.same([ended, evicted(), analysis.count()], [[FIRST], ["idle"], 0]);
  clock.advance(20 * MINUTE_MS);
  t.equal(found.length, 0);
  t.end();
});

t.test(
  "a visitor without cookies gets a row by address (Fig. 7), one who keeps them is found again",
  (t) => {
    const { analysis, clock, page } = bench([]);
    page("/", refuser);
    page("/a?x=1", refuser);
    t.match(analysis.find("shop", refuser), {
      consent: "none",
      pages: 2,
      address: "192.0.2.1",
      state: "active",
    });
    t.same(analysis.keysOf(FIRST), ["k1"]);
    t.notOk(analysis.find("other", refuser), "keys are of one site");

    page("/", issued("v2", "k2"));
    t.same(analysis.keysOf(SECOND), ["v2", "k2"]);
    t.equal(analysis.find("shop", issued("v2", "k2"))?.consent, "session");
    page("/b", returned("v2", "k2"), firstVisit("v2", clock.nowMs()));
    const session = analysis.find("shop", returned("v2", "k2"));
    t.match(
      session,
      { id: SECOND, pages: 2, consent: "persistent" },
      "the first page is of the same visit",
    );
    t.same(analysis.keysOf(SECOND), ["v2"]);
    t.notOk(analysis.find("shop", issued("v3", "k2")), "the row has left the address");
    t.equal(analysis.count(), 2);
    t.end();
  },
);

t.test("a cookie never takes over a stranger's row behind the same address", (t) => {
  const { analysis, clock, page } = bench([]);
  page("/secret", issued("mine"));
  page("/", returned("other"), firstVisit("other", clock.nowMs()));
  t.equal(analysis.count(), 2);
  t.equal(analysis.find("shop", returned("other"))?.pages, 1);
  t.end();
});

t.test("a cookie that comes back with an event stream takes the row away from the address", (t) => {
  const { analysis, page } = bench([]);
  page("/", issued("first"));
  const id = analysis.find("shop", returned("first"))?.id;
  t.same(analysis.keysOf(id ?? ""), ["first"]);
  page("/", issued("second"));
  t.equal(analysis.count(), 2, "who comes next behind the same address is somebody else");
  t.not(analysis.find("shop", issued("second"))?.id, id);
  t.end();
});

t.test("history is shown only where the tier allows it", (t) => {
  const { analysis, clock, page } = bench([]);
  const history = firstVisit("v", clock.nowMs());
  page("/", issued("v"), history);
  t.notOk(analysis.session(FIRST)?.history);
  page("/", returned("v"), history);
  t.ok(analysis.session(FIRST)?.history);
  page("/", returned("v"), { ...history, name: "Ada" });
  t.match(analysis.session(FIRST), { consent: "identified", name: "Ada" });
  t.end();
});

t.test("the visit of a cookie that is not allowed any more is forgotten at once", (t) => {
  const { analysis, clock, page, ended, evicted } = bench([]);
  page("/", returned("v"), { ...firstVisit("v", clock.nowMs()), name: "Ada" });
  page("/", refuser, undefined, { withdrawn: "v" });
  t.equal(analysis.find("shop", returned("v")), undefined);
  t.match(analysis.find("shop", refuser), { consent: "none", name: undefined, pages: 1 });
  t.same([ended, evicted()], [[FIRST], ["withdrawn"]]);
  page("/", refuser, undefined, { withdrawn: "v" });
  t.equal(analysis.count(), 1);
  t.end();
});

t.test("what one of two tabs that raced has lost is put back, here and in the cookie", (t) => {
  const { analysis, clock, page, lacking } = bench([]);
  const before = firstVisit("v", clock.nowMs());
  const bought = { purchases: [{ atMs: clock.nowMs(), order: "A7", amount: 20 }] };
  const asked = { events: [{ atMs: clock.nowMs() + 1, name: "newsletter" }] };
  // Both tabs bring the same cookie; each answer sets its own.
  page("/thanks/A7", returned("v"), withNoticed(before, bought), { noticed: bought });
  t.same(lacking, []);
  page("/news", returned("v"), withNoticed(before, asked), { noticed: asked });
  const facts = { atMs: clock.nowMs(), ...bought, events: [] };
  t.same(lacking, [[["v"], facts]]);
  t.match(analysis.find("shop", returned("v"))?.history, { ...bought, ...asked });
  page("/", returned("v"), withFacts(withNoticed(before, asked), facts));
  t.equal(lacking.length, 1, "the cookie has caught up");
  t.match(analysis.find("shop", returned("v"))?.history, { ...bought, ...asked, priority: 3 });
  t.end();
});

t.test("a visitor is shown as idle when quiet, and his trail is bounded", (t) => {
  const { analysis, clock, page } = bench([]);
  for (let i = 0; i < 25; i += 1) page(`/${i}`);
  t.same([analysis.session(FIRST)?.pages, analysis.session(FIRST)?.trail.length], [25, 20]);
  t.equal(analysis.session(FIRST)?.trail.at(-1)?.url, "/24");
  clock.advance(MINUTE_MS);
  t.equal(analysis.latest(["shop"], 9)[0]?.state, "idle");
  t.same(analysis.latest(["other"], 9), []);
  page("/");
  t.equal(analysis.session(FIRST)?.state, "active");
  t.end();
});

t.test(
  "the first campaign that is true wins; there is one opportunity at a time; the true one stays quiet",
  (t) => {
    const { clock, found, page, suppressed, evaluated, through } = bench([
      campaign({ name: "a", when: "first_page" }),
      campaign({ name: "b", when: "true" }),
    ]);
    page("/");
    t.same([found.map((o) => o.campaign), suppressed()], [["a"], ["open_opportunity"]]);
    page("/2");
    page("/2");
    clock.advance(5_000);
    t.same(
      evaluated,
      ["a true 1", "b true 1", "b true 2"],
      "a is not asked while its opportunity is open",
    );
    through("invited", "declined");
    page("/3");
    t.same(
      found.map((o) => o.campaign),
      ["a", "b"],
    );
    t.end();
  },
);

t.test("caps: once per visit, and left alone after no, also in the next visit", (t) => {
  const { clock, found, page, suppressed, through } = bench([
    campaign({ when: "true", perVisit: 2, coolDownMs: 60 * MINUTE_MS }),
  ]);
  page("/", issued("v"));
  through("invited", "declined");
  page("/", returned("v"));
  t.same([found.length, suppressed()], [1, ["cool_down"]]);
  clock.advance(10 * MINUTE_MS);
  page("/", returned("v"));
  t.same([found.length, suppressed().length], [1, 2], "a new visit, the same visitor");
  for (let i = 0; i < 12; i += 1) {
    clock.advance(4 * MINUTE_MS);
    page("/", returned("v"));
  }
  clock.advance(4 * MINUTE_MS);
  page("/", returned("v"));
  t.equal(found.length, 2, "the hour is over");
  t.end();
});

t.test("a refusal before the cookie went out holds for the visitor who then brings it", (t) => {
  const { found, page, suppressed, through } = bench([campaign({ when: "true", perVisit: 9 })]);
  page("/");
  through("invited", "declined");
  page("/", issued("v"));
  page("/", returned("v"));
  t.same([found.length, suppressed()], [1, ["cool_down", "cool_down"]]);
  t.end();
});

t.test("per visit means per visit, and who was served is left in peace", (t) => {
  const { analysis, found, page, suppressed, through } = bench([
    campaign({ when: "true", perVisit: 1, coolDownMs: 0 }),
    campaign({ name: "other", when: 'page.path == "/again"', coolDownMs: 0 }),
  ]);
  page("/");
  through("invited", "expired");
  page("/");
  t.same(suppressed(), ["per_visit"]);
  page("/again");
  through("alerted", "accepted");
  t.equal(analysis.session(FIRST)?.state, "served");
  page("/again");
  t.same([found.length, suppressed().slice(-2)], [2, ["served", "served"]]);
  t.end();
});

t.test("once on a page: the same page again is no reason, another is", (t) => {
  const { found, page, suppressed, through } = bench([
    campaign({ when: "true", perPage: 1, perVisit: 9, coolDownMs: 0 }),
  ]);
  for (const url of ["/a", "/a?again", "/b", "/a"]) {
    page(url);
    through("invited", "expired");
  }
  t.same([found.length, suppressed()], [2, ["per_page", "per_page"]]);
  t.end();
});

t.test("so many of one visitor, however often he comes", (t) => {
  const { clock, found, page, suppressed, through } = bench([
    campaign({ when: "true", perVisitor: 2, coolDownMs: 0 }),
  ]);
  page("/", issued("v"));
  through("alerted", "expired");
  page("/", returned("v"));
  for (let visit = 0; visit < 3; visit += 1) {
    clock.advance(10 * MINUTE_MS);
    page("/", returned("v"));
    through("alerted", "expired");
  }
  t.same([found.length, suppressed()], [2, ["per_visit", "per_visitor", "per_visitor"]]);
  page("/", returned("another"));
  t.equal(found.length, 3);
  t.end();
});

t.test("a part of the visitors is found and left alone, always the same ones", (t) => {
  const asked = (cookie: typeof issued) => {
    const { analysis, found, page, suppressed } = bench(
      [campaign({ when: "true", holdOut: 25 }), campaign({ name: "other", when: "true" })],
      { mostSessions: 1_000 },
    );
    for (let i = 0; i < 400; i += 1) page("/", cookie(`v${i}`, `k${i}`));
    const ids = found.filter((o) => o.campaign === "prices").map((o) => o.sessionId);
    t.equal(found.length, 400, "the other campaign has the control group");
    t.equal(
      suppressed().filter((reason) => reason === "hold_out").length,
      400 - ids.length,
      "which is counted",
    );
    return Array.from({ length: 400 }, (_, i) =>
      ids.includes(analysis.find("shop", cookie(`v${i}`, `k${i}`))?.id ?? ""),
    );
  };
  const first = asked(issued);
  t.same(asked(returned), first, "with the cookie that went out, and with the one that came back");
  const many = first.filter(Boolean).length;
  t.ok(many > 260 && many < 340, `${many} of 400`);
  t.end();
});

t.test("who is called at once has left his number, and an agent is free", (t) => {
  const outcome = (staff: { onDuty: number; free: number }, number?: string, night = false) => {
    const { clock, found, page, staffing, suppressed } = bench([
      campaign({ mode: "call_at_once", when: "true" }),
    ]);
    Object.assign(staffing, staff);
    if (night) clock.advance(12 * 3_600_000);
    const history = { ...firstVisit("v", clock.nowMs()), ...(number && { number }) };
    page("/", returned("v"), history);
    return found[0]?.offer ?? suppressed()[0];
  };
  const free = { onDuty: 1, free: 1 };
  t.equal(outcome(free, "+4930123456"), "contact");
  t.equal(outcome(free), "no_number");
  t.equal(outcome({ onDuty: 1, free: 0 }, "+4930123456"), "all_busy");
  t.equal(outcome(free, "+4930123456", true), "out_of_hours");
  t.end();
});

t.test("no more are invited than the agents can be expected to serve", (t) => {
  const { analysis, found, page, staffing } = bench([
    campaign({ mode: "invite_first", when: "true", coolDownMs: 0 }),
  ]);
  let visitors = 0;
  const invite = (many: number) => {
    const before = found.length;
    for (let i = 0; i < many; i += 1) page("/", returned(`v${(visitors += 1)}`));
    return found.slice(before).filter((o) => o.offer === "contact");
  };
  const end = (states: OpportunityState[], of = found) => {
    for (const { id } of of) for (const state of states) analysis.advance(id, state);
  };
  staffing.free = 2;
  t.equal(invite(40).length, 10, "one in five is expected to accept");
  end(["invited", "expired"]);
  for (let round = 0; round < 20; round += 1) end(["invited", "expired"], invite(40));
  t.ok(invite(400).length > 40, "with experience of many refusals, more");
  staffing.free = 0;
  t.equal(invite(10).length, 0);
  t.end();
});

t.test("agents get no more alerts than they can look at", (t) => {
  const { found, page, suppressed, through } = bench([
    campaign({ mode: "alert_first", when: "true" }),
  ]);
  for (let i = 0; i < 12; i += 1) page("/", returned(`v${i}`));
  t.same([found.length, suppressed()], [10, ["all_busy", "all_busy"]]);
  through("alerted", "expired");
  page("/", returned("next"));
  t.equal(found.length, 11);
  t.end();
});

t.test("a return visit raises the priority, in the table and in the cookie, once", (t) => {
  const { analysis, clock, lacking, page } = bench([], {
    sites: [{ ...shop, priority: { returnVisit: 5 } }],
  });
  const nowMs = clock.nowMs();
  const history = { ...firstVisit("v", nowMs - DAY_MS), visitsMs: [nowMs - DAY_MS, nowMs] };
  page("/", returned("v"), { ...history, visitCount: 2 });
  page("/again", returned("v"), { ...history, visitCount: 2 });
  t.equal(analysis.session(FIRST)?.priority, 5);
  t.same(lacking, [[["v"], { atMs: nowMs, priority: 5 }]]);
  t.end();
});

t.test("priority 0 suppresses all, from the cookie or from an agent's word", (t) => {
  const { analysis, clock, found, page, suppressed } = bench([
    campaign({ when: 'page.path != "/"' }),
  ]);
  page("/a", returned("n"), { ...firstVisit("n", clock.nowMs()), priority: 0 });
  page("/", returned("m"), firstVisit("m", clock.nowMs()));
  const id = analysis.find("shop", returned("m"))?.id ?? "";
  analysis.learn(id, { atMs: clock.nowMs(), priority: 0, number: "+4930123456" });
  t.match(analysis.session(id), { priority: 0, number: "+4930123456", consent: "identified" });
  analysis.learn(id, { atMs: clock.nowMs() - 1, priority: 9 });
  t.equal(analysis.session(id)?.priority, 0, "older news changes nothing");
  page("/a", returned("m"), firstVisit("m", clock.nowMs()));
  t.equal(analysis.session(id)?.priority, 0, "the cookie has not caught up");
  t.same([found.length, suppressed()], [0, ["priority_0", "priority_0"]]);
  t.end();
});

t.test("what is offered depends on who could answer [0057]", (t) => {
  const offer = (
    mode: Campaign["mode"],
    staff: { onDuty: number; free: number },
    night = false,
    outOfHours = true,
  ) => {
    const { clock, found, page, staffing, suppressed } = bench([
      campaign({ mode, when: "true", outOfHours }),
    ]);
    Object.assign(staffing, staff);
    if (night) clock.advance(12 * 3_600_000);
    page("/");
    return found[0]?.offer ?? suppressed()[0];
  };
  const [nobody, busy, free] = [
    { onDuty: 0, free: 0 },
    { onDuty: 2, free: 0 },
    { onDuty: 2, free: 1 },
  ];
  t.equal(offer("invite_first", free), "contact");
  t.equal(offer("invite_first", busy), "callback_all_busy");
  t.equal(offer("invite_first", nobody), "callback_out_of_hours");
  t.equal(offer("invite_first", free, true), "callback_out_of_hours");
  t.equal(offer("invite_first", busy, false, false), "all_busy");
  t.equal(offer("invite_first", nobody, false, false), "out_of_hours");
  t.equal(offer("alert_first", free), "contact");
  t.equal(offer("alert_first", busy), "contact", "they see it in their queue");
  t.equal(offer("alert_first", nobody), "callback_out_of_hours");
  t.equal(offer("alert_first", nobody, false, false), "out_of_hours");
  t.end();
});

t.test("each offer has words of its own, or none", (t) => {
  const message = (staff: { onDuty: number; free: number }, own: object) => {
    const { found, page, staffing } = bench([
      campaign({ mode: "invite_first", when: "true", message: "hello", ...own }),
    ]);
    Object.assign(staffing, staff);
    page("/");
    return found[0]?.message;
  };
  const own = { outOfHoursMessage: "night", allBusyMessage: "busy" };
  t.equal(message({ onDuty: 1, free: 1 }, own), "hello");
  t.equal(message({ onDuty: 0, free: 0 }, own), "night");
  t.equal(message({ onDuty: 1, free: 0 }, own), "busy");
  t.equal(message({ onDuty: 0, free: 0 }, {}), undefined, "a greeting is no word for nobody there");
  t.end();
});

t.test("news that cannot be is ignored", (t) => {
  const { analysis, found, page, through } = bench([campaign({ when: "true" })]);
  analysis.advance("nobody", "accepted");
  page("/");
  through("accepted");
  t.equal(analysis.session(FIRST)?.state, "active", "from open to accepted there is no way");
  through("invited", "accepted", "declined");
  t.equal(analysis.session(FIRST)?.state, "served");
  t.equal(found.length, 1);
  analysis.learn("nobody", { atMs: 1 });
  t.same(
    [analysis.session("nobody"), analysis.keysOf("nobody"), analysis.explain("nobody")],
    [undefined, [], []],
  );
  t.end();
});

t.test("the table keeps its bound: the one that was quiet for longest makes room", (t) => {
  const { analysis, evicted, ended, page } = bench([], { mostSessions: 2 });
  page("/", returned("a"));
  page("/", returned("b"));
  page("/", returned("a"));
  page("/", returned("c"));
  t.same([evicted(), ended, analysis.count()], [["bound"], [SECOND], 2]);
  t.equal(analysis.latest(["shop"], 9).length, 2);
  t.end();
});

t.test("an alert that nobody took is no reason to leave the visitor alone", (t) => {
  const { found, page, suppressed, through } = bench([campaign({ when: "true", perVisit: 9 })]);
  page("/");
  through("alerted", "expired");
  page("/");
  through("alerted", "declined");
  page("/");
  t.equal(found.length, 3);
  through("alerted", "invited", "expired");
  page("/");
  t.same([found.length, suppressed()], [3, ["cool_down"]]);
  t.end();
});

t.test("a page that is open keeps its row, and the visit goes on in it", (t) => {
  const { analysis, clock, page } = bench([]);
  page("/", returned("reader"));
  page("/", returned("gone"));
  analysis.hold(FIRST);
  analysis.hold("nobody");
  clock.advance(60 * MINUTE_MS);
  t.same([analysis.count(), analysis.session(FIRST)?.state], [1, "idle"]);
  page("/more", returned("reader"));
  t.equal(analysis.session(FIRST)?.pages, 2);
  clock.advance(60 * MINUTE_MS);
  analysis.letGo(FIRST);
  clock.advance(5 * MINUTE_MS - 1);
  t.equal(analysis.count(), 1, "the idle time begins when the page is closed");
  clock.advance(5_001);
  t.equal(analysis.count(), 0);
  t.end();
});

t.test("setting the machine's clock neither empties the table nor fires anything", (t) => {
  const { analysis, clock, found, page } = bench([campaign({ when: "page.seconds >= 90" })]);
  page("/");
  clock.advance(30_000);
  clock.jump(7 * DAY_MS);
  clock.advance(30_000);
  clock.jump(-14 * DAY_MS);
  clock.advance(29_999);
  t.same([found.length, analysis.count()], [0, 1]);
  clock.advance(1);
  t.equal(found.length, 1, "not a moment late");
  clock.advance(5 * MINUTE_MS);
  t.equal(analysis.count(), 0);
  t.end();
});

t.test("sites that are only proxied are left alone, and disposing leaves no timer", (t) => {
  const { analysis, clock, page } = bench([campaign({ when: "page.seconds >= 3" })], {
    sites: [{ ...shop, engagement: "off" }],
  });
  page("/");
  t.equal(analysis.count(), 0);
  const other = bench([campaign({ when: "page.seconds >= 3" })]);
  other.page("/");
  t.equal(other.clock.timers, 2);
  other.analysis[Symbol.dispose]();
  analysis[Symbol.dispose]();
  t.same([other.clock.timers, clock.timers], [0, 0]);
  t.end();
});
