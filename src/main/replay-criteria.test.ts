import t from "tap";
import type { Config } from "../config/schema.ts";
import { forecastOf } from "./forecast-options.ts";
import { needsOf } from "./replay-criteria.ts";

const HOUR_MS = 3_600_000;

t.test("a firm's campaigns are added up, hour by hour", async (t) => {
  const config = {
    firms: [{ name: "crema" }, { name: "idle" }],
    sites: [
      { name: "shop", firm: "crema" },
      { name: "outlet", firm: "crema" },
    ],
    campaigns: [
      { name: "a", site: "shop" },
      { name: "b", site: "outlet" },
    ],
  } as unknown as Config;
  const hours = (...each: readonly [hour: number, contacts: number][]) => ({
    offers: { contact: 0, callback_out_of_hours: 0, callback_all_busy: 0 },
    suppressed: new Map(),
    hours: new Map(each.map(([hour, contacts]) => [hour * HOUR_MS, { all: contacts, contacts }])),
  });
  const counts = { lines: 0, broken: 0, hits: 0, unlinked: 0, elsewhere: 0 };
  const campaigns = new Map([
    ["a", hours([0, 400], [1, 100])],
    ["b", hours([1, 800])],
  ]);
  const replayed = { fromMs: 0, toMs: 4 * HOUR_MS, ...counts, campaigns };
  const needs = needsOf(config, replayed, forecastOf({ accept: "0.2", handle: "240" }));
  t.match(
    needs.map(({ firm, when, contactsPerHour }) => [firm, when, contactsPerHour]),
    [
      ["crema", "on average", 65],
      ["crema", "in its busiest hour", 180],
      ["idle", "on average", 0],
      ["idle", "in its busiest hour", 0],
    ],
  );
  // 12 erlang: the usual tables say 15 or 16 agents for 80/20.
  t.ok((needs[1]?.erlangC ?? 0) >= 14 && (needs[1]?.erlangC ?? 0) <= 16);
  t.ok((needs[1]?.erlangA ?? 0) < (needs[1]?.erlangC ?? 0), "who gives up needs nobody");
  t.equal(needs[3]?.erlangC, 0);
});

t.test("what is no number is told", async (t) => {
  t.same(forecastOf({}).goal, { level: 0.8, withinSeconds: 20 });
  t.throws(() => forecastOf({ accept: "2" }), {
    message: /--accept is a number above 0, at most 1/,
  });
  t.throws(() => forecastOf({ handle: "x" }), { message: /--handle/ });
  t.throws(() => forecastOf({ service: "fast" }), { message: /--service is a percentage/ });
});
