import t from "tap";
import { parseEdgeMessage } from "./schema.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { type OwnOfHit, TellsAsker } from "./told-hit.ts";

const anna = new TellsAsker({
  site: "shop",
  address: "10.0.0.1",
  visitor: { cookie: "none", addressKey: "old" },
  consent: "none",
  userAgent: "A",
});
const hit = (url: string): OwnOfHit => ({ atMs: 1, kind: "page", url, status: 200 });
const taken = (outbox: Outbox): unknown => JSON.parse(outbox.take() ?? "null");

t.test("notes first, hits in batches, each once", async (t) => {
  const outbox = createOutbox({ hits: 10, notes: 10, batch: 2 });
  for (const url of ["/1", "/2", "/3"]) t.equal(outbox.hit(anna, hit(url)), true);
  outbox.note({ type: "shown", invitationId: "i" });
  t.same(taken(outbox), { type: "shown", invitationId: "i" });
  t.match(taken(outbox), { type: "hits", hits: [{ url: "/1" }, { url: "/2" }], dropped: 0 });
  t.match(taken(outbox), { type: "hits", hits: [{ url: "/3" }] });
  t.equal(outbox.take(), undefined, "nothing");
});

t.test("full: hits are dropped and counted once, the oldest note goes", async (t) => {
  const outbox = createOutbox({ hits: 1, notes: 1, batch: 2 });
  t.equal(outbox.hit(anna, hit("/1")), true);
  t.equal(outbox.hit(anna, hit("/2")), false);
  t.equal(outbox.hit(anna, hit("/3")), false);
  outbox.note({ type: "shown", invitationId: "i" });
  outbox.note({ type: "shown", invitationId: "j" });
  t.same(taken(outbox), { type: "shown", invitationId: "j" });
  t.match(taken(outbox), { hits: [{ url: "/1" }], dropped: 2 });
  outbox.hit(anna, hit("/4"));
  t.match(taken(outbox), { dropped: 0 });
});

t.test("a new salt makes new keys for what waits", async (t) => {
  const outbox = createOutbox({ hits: 1, notes: 1, batch: 2 });
  outbox.hit(anna, hit("/1"));
  outbox.rekey((address, agent) => `${address} ${agent}`);
  t.match(taken(outbox), { hits: [{ visitor: { cookie: "none", addressKey: "10.0.0.1 A" } }] });
});

t.test("a hit is told with all that it has", async (t) => {
  const outbox = createOutbox({ hits: 9, notes: 1, batch: 9 });
  const noticed = { login: 'ada "the first"', events: [{ name: "newsletter", atMs: 1 }] };
  const one = {
    ...hit('/"\\\u00fc'),
    kind: "notice",
    referrer: "http://a/\u2028",
    noticed,
  } as const;
  outbox.hit(anna, one);
  outbox.hit(anna, hit("/2"));
  const hits = [one, hit("/2")].map((own) => ({ ...anna.asker, ...own }));
  t.same(parseEdgeMessage(outbox.take() ?? ""), { type: "hits", dropped: 0, hits });
});
