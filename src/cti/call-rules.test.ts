import t from "tap";
import { createCallRules, type SiteCallRules } from "./call-rules.ts";

const shop: SiteCallRules = {
  country: "US",
  countries: ["US", "DE", "FR", "CA"],
  allow: [],
  deny: [],
  hours: [],
};
const rules = createCallRules(
  { shop, always: { ...shop, hours: [{ weekday: 1, fromMinute: 0, toMinute: 1440 }] } },
  { DE: { hours: [{ weekday: 2, fromMinute: 600, toMinute: 660 }] } },
);
/** Hours of Monday 2026-01-05, UTC. */
const at = (hour: number, minute = 0) => Date.UTC(2026, 0, 5, hour, minute);
const open = (number: string, atMs: number, site = "shop") => !rules.hours(number, site, atMs);

t.test("hours are the called party's, by his own clock", async (t) => {
  const newYork = "+12125552368";
  t.notOk(open(newYork, at(12, 59)), "7:59 in New York");
  t.ok(open(newYork, at(13)), "8:00");
  t.ok(open(newYork, at(25, 59)), "20:59");
  t.notOk(open(newYork, at(26)), "21:00");
  const paris = "+33142685300";
  t.ok(open(paris, at(11, 59)), "12:59 in Paris");
  t.notOk(open(paris, at(12)), "13:00, the hour of the midday meal");
  t.ok(open(paris, at(13)), "14:00");
  t.notOk(open(paris, Date.UTC(2026, 0, 10, 11)), "Saturday");
});

t.test(
  "a number that may be in several zones must be within the hours in all of them",
  async (t) => {
    const anywhere = "+18005550199";
    const zonesApart = rules.hours(anywhere, "shop", at(14));
    t.match(zonesApart, { reason: "hours", message: /in all \d+ time zones/ });
    t.notOk(open(anywhere, at(14)), "9:00 in New York, but 4:00 in Honolulu");
  },
);

t.test("the operator's word: of a country, and of a site", async (t) => {
  const berlin = "+4930123456";
  t.notOk(open(berlin, at(9, 30)));
  t.ok(open(berlin, at(24 + 9, 30)), "Tuesday 10:30 in Berlin");
  t.ok(open(berlin, at(9, 30), "always"), "the site's own hours count before all");
  t.match(rules.hours(berlin, "shop", at(9))?.message, /Tue 10:00-11:00 \(Europe\/Berlin\) only/);
});

t.test("a number that was stored under other rules is judged again", async (t) => {
  t.equal(rules.destination("+4930123456", "shop"), undefined);
  t.match(rules.destination("+4315131234", "shop"), { ok: false, reason: "destination" });
  t.match(rules.parse("212 555 2368", "shop"), { ok: true, e164: "+12125552368" });
  t.throws(() => rules.parse("1", "nowhere"), /no site nowhere/);
});
