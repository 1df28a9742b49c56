import t from "tap";
import type { Hit } from "../model/hit.ts";
import type { Noticed } from "../model/milestone.ts";
import { firstVisit, withNoticed } from "../model/visitor.ts";
import { enter, learn, newRow } from "./row.ts";

const history = withNoticed(firstVisit("v", 0), { name: "Ada", number: "+4930123456" });
const hit: Hit = {
  site: "shop",
  atMs: 1_000,
  kind: "page",
  url: "/",
  status: 200,
  address: "192.0.2.1",
  visitor: { cookie: "returned", visitorId: "v", addressKey: "k" },
  consent: "identified",
  history,
};
const { history: _history, ...withoutCookie } = hit;
const refused: Hit = {
  ...withoutCookie,
  consent: "none",
  visitor: { cookie: "none", addressKey: "k" },
};
const rowOf = (...hits: Hit[]) => {
  const row = newRow(0, "s", hits[0]!, 0);
  for (const one of hits) enter(row, one, one.atMs);
  return row;
};

t.test("what is known is at most what the visitor allows", async (t) => {
  t.match(rowOf(hit).session, { consent: "identified", name: "Ada", history: { id: "v" } });
  t.equal(rowOf({ ...hit, history: firstVisit("v", 0) }).session.consent, "persistent");
  const login = withNoticed(firstVisit("v", 0), { login: "ada" });
  t.match(rowOf({ ...hit, history: login }).session, { consent: "identified", name: undefined });
  const { session } = rowOf({ ...hit, consent: "session" });
  t.match(session, { consent: "session", history: undefined, name: undefined });
  t.match(rowOf(refused).session, { consent: "none", history: undefined });
});

t.test("consent that is taken back takes what was known along", async (t) => {
  const nameless = { ...hit, consent: "persistent", history: firstVisit("v", 0) } as const;
  t.match(rowOf(hit, nameless).session, {
    consent: "persistent",
    name: undefined,
    number: undefined,
    history: { id: "v", name: undefined },
  });
  t.match(rowOf(hit, { ...hit, consent: "session" }).session, {
    consent: "session",
    name: undefined,
    history: undefined,
  });
});

t.test("what the visitor tells an agent is known as long as the visit lasts", async (t) => {
  const row = rowOf(refused);
  learn(row, { atMs: 1_500, name: "Ada" });
  t.match(row.session, { consent: "none", name: "Ada" });
  enter(row, { ...refused, atMs: 2_000 }, 2_000);
  t.match(row.session, { consent: "none", name: "Ada" });
  const modest = rowOf({ ...hit, consent: "persistent", history: firstVisit("v", 0) });
  learn(modest, { atMs: 1_500, name: "Ada" });
  t.equal(modest.session.consent, "persistent", "he does not allow more than he did");
});

t.test("what was noticed in this visit is known of everybody", async (t) => {
  const noticed: Noticed = { purchases: [{ atMs: 1_000, amount: 20, order: "7" }] };
  const row = rowOf({ ...refused, noticed });
  t.same(row.session.milestones, { purchases: noticed.purchases, events: [] });
  const [url, kind] = ["/newsletter", "notice"] as const;
  const more: Noticed = { ...noticed, events: [{ name: "newsletter", atMs: 2_000 }] };
  enter(row, { ...refused, url, kind, noticed: more, atMs: 2_000 }, 2_000);
  t.same(row.session.milestones, { ...more }, "an order counts once");
  t.match(row.session, { pages: 1, trail: [{ url: "/" }], lastAccessMs: 2_000 });
  t.equal(rowOf(refused).session.milestones, undefined);
});
