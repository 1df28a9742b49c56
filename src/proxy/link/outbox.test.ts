import t from "tap";
import type { Hit } from "../../model/hit.ts";
import { createOutbox } from "./outbox.ts";

const hit = (url: string): Hit => ({
  site: "shop",
  atMs: 1,
  kind: "page",
  url,
  status: 200,
  address: "10.0.0.1",
  visitor: { cookie: "none", addressKey: "old" },
  consent: "none",
  userAgent: "A",
});

t.test("notes first, hits in batches, each once", async (t) => {
  const outbox = createOutbox({ hits: 10, notes: 10, batch: 2 });
  for (const url of ["/1", "/2", "/3"]) t.equal(outbox.hit(hit(url)), true);
  outbox.note({ type: "shown", invitationId: "i" });
  t.same(outbox.take(), { type: "shown", invitationId: "i" });
  t.match(outbox.take(), { type: "hits", hits: [{ url: "/1" }, { url: "/2" }], dropped: 0 });
  t.match(outbox.take(), { type: "hits", hits: [{ url: "/3" }] });
  t.equal(outbox.take(), undefined);
});

t.test("full: hits are dropped and counted once, the oldest note goes", async (t) => {
  const outbox = createOutbox({ hits: 1, notes: 1, batch: 2 });
  t.equal(outbox.hit(hit("/1")), true);
  t.equal(outbox.hit(hit("/2")), false);
  t.equal(outbox.hit(hit("/3")), false);
  outbox.note({ type: "shown", invitationId: "i" });
  outbox.note({ type: "shown", invitationId: "j" });
  t.same(outbox.take(), { type: "shown", invitationId: "j" });
  t.match(outbox.take(), { hits: [{ url: "/1" }], dropped: 2 });
  outbox.hit(hit("/4"));
  t.match(outbox.take(), { dropped: 0 });
});

t.test("a new salt makes new keys for what waits", async (t) => {
  const outbox = createOutbox({ hits: 1, notes: 1, batch: 2 });
  outbox.hit(hit("/1"));
  outbox.rekey((address, agent) => `${address} ${agent}`);
  t.match(outbox.take(), { hits: [{ visitor: { cookie: "none", addressKey: "10.0.0.1 A" } }] });
});
