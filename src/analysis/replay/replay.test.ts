import t from "tap";
import type { Campaign } from "../../model/campaign.ts";
import type { Site } from "../../model/site.ts";
import { replay, type ReplayOptions } from "./replay.ts";

const site: Site = {
  name: "shop",
  hosts: ["shop.example"],
  origins: ["http://127.0.0.1"],
  firm: "crema",
  country: "DE",
  timeZone: "Europe/Berlin",
  hours: [],
  reservedPath: "/.warmline/",
  excludedPaths: [],
  engagement: "on",
};
const campaign = (name: string, when: string, more: Partial<Campaign> = {}): Campaign => ({
  name,
  site: "shop",
  mode: "alert_first",
  when,
  message: "hello",
  coolDownMs: 86_400_000,
  perPage: 1,
  perVisit: 1,
  holdOut: 0,
  outOfHours: true,
  ...more,
});
const options = (...campaigns: Campaign[]): ReplayOptions => ({
  sites: [site],
  campaigns,
  mostSessions: 1000,
  idleMs: 300_000,
  visitGapMs: 1_800_000,
  agents: 100,
  accept: 0,
  answerMs: 20_000,
});
const MONDAY = Date.UTC(2026, 0, 5, 10);
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

function line(atMs: number, visitor: string | undefined, path: string, more: object = {}): string {
  return JSON.stringify({
    level: "info",
    time: new Date(atMs).toISOString(),
    site: "shop",
    method: "GET",
    path,
    status: 200,
    client: "203.0.113",
    hit: "page",
    consent: visitor === undefined ? "none" : "identified",
    cookie: visitor === undefined ? "none" : "returned",
    visitor,
    msg: "request",
    ...more,
  });
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

t.test("who comes twice in a week is found in the hour of the second visit", async (t) => {
  const twice = campaign("twice", 'visits("7d") >= 2');
  const log = [
    line(MONDAY, "ada", "/", { cookie: "issued" }),
    line(MONDAY + 1, "bob", "/", { cookie: "issued" }),
    line(MONDAY + MINUTE, "ada", "/machines"),
    line(MONDAY + 2 * DAY + HOUR, "ada", "/"),
    line(MONDAY + 8 * DAY, "bob", "/"),
  ];
  const done = await replay(each(log), options(twice));
  t.match(done, { lines: 5, hits: 5, fromMs: MONDAY, toMs: MONDAY + 8 * DAY });
  const found = done.campaigns.get("twice");
  t.same(found?.offers, { contact: 1, callback_out_of_hours: 0, callback_all_busy: 0 });
  t.same([...(found?.hours ?? [])], [[MONDAY + 2 * DAY + HOUR, { all: 1, contacts: 1 }]]);
});

t.test("time on a page counts though nothing is in the log then", async (t) => {
  const waits = campaign("waits", 'page.path == "/prices" && page.seconds >= 90');
  const log = [
    line(MONDAY + 59 * MINUTE, "ada", "/prices"),
    line(MONDAY + 59 * MINUTE, "bob", "/prices"),
    line(MONDAY + 59 * MINUTE + 30_000, "bob", "/"),
    line(MONDAY + 3 * HOUR, "cy", "/prices"),
  ];
  const { campaigns } = await replay(each(log), options(waits));
  t.same(
    [...(campaigns.get("waits")?.hours ?? [])].map(([atMs]) => atMs),
    [MONDAY + HOUR, MONDAY + 3 * HOUR],
    "also after the last line",
  );
});

t.test("caps and cool-downs hold as they would have", async (t) => {
  const any = campaign("any", "pages >= 1", { coolDownMs: DAY });
  const visits = (times: readonly number[]) => times.map((atMs) => line(atMs, "ada", "/"));
  const log = visits([MONDAY, MONDAY + HOUR, MONDAY + DAY + 2 * HOUR]);
  const { campaigns } = await replay(each(log), options(any));
  t.equal(campaigns.get("any")?.offers.contact, 2);
  t.same([...(campaigns.get("any")?.suppressed ?? [])], [["cool_down", 1]]);
  const served = await replay(each([...visits([MONDAY]), line(MONDAY + MINUTE, "ada", "/b")]), {
    ...options(any, campaign("other", 'page.path == "/b"')),
    accept: 1,
  });
  t.same([...(served.campaigns.get("other")?.suppressed ?? [])], [["served", 1]]);
});

t.test("what rules noticed, and the device, are played too", async (t) => {
  const buyer = campaign("buyer", 'purchases >= 1 && spent() > 10 && device == "mobile"');
  const joined = campaign("joined", 'done("signup") && logged_in');
  const noticed = {
    purchases: [{ amount: 12.5, currency: "EUR" }, { odd: 1 }],
    events: ["signup", 7],
    identity: true,
  };
  const log = [
    line(MONDAY, "ada", "/", { cookie: "issued", device: "mobile" }),
    line(MONDAY + 1000, "ada", "/done", { device: "mobile", noticed }),
    line(MONDAY + DAY, "ada", "/", { device: "mobile" }),
    line(MONDAY + DAY, "bob", "/", { device: "toaster", noticed: "?" }),
  ];
  const alone = async (one: Campaign) =>
    (await replay(each(log), options(one))).campaigns.get(one.name)?.offers.contact;
  t.equal(await alone(joined), 1);
  t.equal(await alone(buyer), 1, "in the cool-down after the first, he is left alone");
});

t.test("parameters of campaigns, and priorities that rise, are played too", async (t) => {
  const news = campaign("news", 'param("utm_source") == "news" && pages == 2');
  const dear = campaign("dear", 'priority >= 7 && page.path == "/vip"');
  const back = campaign("back", 'priority == 5 && page.path == "/back"');
  const priority = { purchase: 7, returnVisit: 5 } as const;
  const log = [
    line(MONDAY, "ada", "/", { cookie: "issued", query: "utm_source=news" }),
    line(MONDAY + 1000, "ada", "/done", { noticed: { purchases: [{ amount: 12 }] } }),
    line(MONDAY, "bob", "/", { cookie: "issued", query: "utm_source=mail" }),
    line(MONDAY + 1000, "bob", "/vip", { query: "utm_source=news" }),
    line(MONDAY + DAY, "bob", "/back"),
    line(MONDAY + 2 * DAY, "ada", "/vip"),
    line(MONDAY + 2 * DAY, "cy", "/vip", { cookie: "issued" }),
  ];
  const play = options(news, dear, back);
  const sites = [{ ...site, priority }];
  const { campaigns } = await replay(each(log), { ...play, sites });
  const found = [...campaigns].map(([name, { offers }]) => `${name} ${offers.contact}`);
  t.same(found, ["news 1", "dear 1", "back 1"]);
});

t.test("what cannot be played is counted, and stops nothing", async (t) => {
  const log = [
    "no JSON",
    "[]",
    line(MONDAY, undefined, "/"),
    line(MONDAY, "ada", "/", { site: "elsewhere" }),
    line(MONDAY, "ada", "/", { hit: "teapot" }),
    line(MONDAY, "ada", "/", { time: "yesterday" }),
    line(MONDAY, "ada", "/picture", { hit: undefined }),
    JSON.stringify({ level: "warn", msg: "the engine is away" }),
    "",
    line(MONDAY, "ada", "/"),
    line(MONDAY - HOUR, "bob", "/"),
  ];
  const done = await replay(each(log), options(campaign("any", "true")));
  t.match(done, { lines: 10, broken: 3, unlinked: 1, elsewhere: 1, hits: 2 });
  t.equal(done.campaigns.get("any")?.offers.contact, 2, "also a line that comes late");
});

t.test("an empty log is one", async (t) => {
  const done = await replay(each([]), options(campaign("any", "true")));
  t.match(done, { lines: 0, hits: 0 });
});
