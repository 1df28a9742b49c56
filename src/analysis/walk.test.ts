import t from "tap";
import { FakeClock } from "../../test/fake-clock.ts";
import type { Campaign } from "../model/campaign.ts";
import type { Site } from "../model/site.ts";
import { newRow, type Row } from "./row.ts";
import { type Rule, rulesBySite } from "./rules.ts";
import { createWalk, rulesToAsk } from "./walk.ts";

const site = (name: string) =>
  ({ name, timeZone: "UTC", hours: [], engagement: "on" }) as unknown as Site;
const campaign = (name: string, when: string, of = "shop") =>
  ({ name, site: of, when }) as unknown as Campaign;
const rulesOf = (...campaigns: Campaign[]) => rulesBySite([site("shop"), site("other")], campaigns);
const names = (asked: ReadonlyMap<string, readonly Rule[]>) =>
  [...asked].map(([of, rules]) => [of, ...rules.map((rule) => rule.campaign.name)]);
const NOTHING = new Map<string, readonly Rule[]>();

const long = campaign("long", "page.seconds >= 90");
const plain = campaign("plain", "pages > 3");

t.test("what time alone makes true is asked when it is new or another", (t) => {
  const before = rulesOf(long, plain);
  t.same(names(rulesToAsk(before, rulesOf(long, plain), NOTHING)), [], "nothing has changed");
  const longer = campaign("long", "page.seconds >= 60");
  const also = campaign("also", "site.seconds >= 9");
  const there = campaign("there", 'pages("5m") < 2', "other");
  t.same(names(rulesToAsk(before, rulesOf(longer, also, plain, there), NOTHING)), [
    ["shop", "long", "also"],
    ["other", "there"],
  ]);
  t.same(names(rulesToAsk(before, rulesOf(plain), NOTHING)), [], "what is gone is not asked");
  const under = rulesToAsk(rulesOf(), before, NOTHING);
  t.same(
    names(rulesToAsk(before, rulesOf(long, also), under)),
    [["shop", "long", "also"]],
    "what has not reached all rows begins anew",
  );
  t.end();
});

t.test("rows are asked a few at a time, each once, and those of other sites are not", (t) => {
  const clock = new FakeClock();
  const rows = Array.from({ length: 3_000 }, (_, place): Row => {
    const of = place % 3 === 0 ? "other" : "shop";
    return newRow(place, `${place}`, { site: of, visitor: {} } as never, 0);
  });
  const gone = new Set([0, 7, 2_999]);
  const asked: number[] = [];
  using walk = createWalk(
    clock,
    { from: (place) => rows.find((row) => row.place >= place && !gone.has(row.place)) },
    (row, rules) => {
      t.same(
        rules.map((rule) => rule.campaign.name),
        ["long"],
      );
      asked.push(row.place);
    },
  );
  walk.begin(rulesToAsk(rulesOf(), rulesOf(long), NOTHING));
  clock.advance(0);
  t.ok(asked.length > 0 && asked.length <= 500, `${asked.length} in a turn`);
  t.equal(walk.under.size, 1);
  clock.advance(1_000);
  const wanted = rows.map(({ place }) => place).filter((p) => p % 3 !== 0 && !gone.has(p));
  t.same(asked, wanted);
  t.equal(walk.under.size, 0);
  t.equal(clock.timers, 0);
  t.end();
});
