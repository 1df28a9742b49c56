import t from "tap";
import { FakeClock } from "../../../test/fake-clock.ts";
import type { VisitorFacts } from "../../model/visitor.ts";
import { createHeldFacts } from "./held-facts.ts";

function stand(most = 10) {
  const clock = new FakeClock(0);
  const held = createHeldFacts(clock, most);
  const learn = (keys: string[], facts: VisitorFacts, expiresMs = 1000) =>
    held.learn({ site: "shop", keys, facts, expiresMs });
  return { clock, held, learn };
}

t.test("held for each visitor, whatever the order of the keys", async (t) => {
  const { held, learn } = stand();
  learn(["v1", "address"], { atMs: 1, name: "Ann" });
  learn(["address", "v1"], { atMs: 2, priority: 7 });
  t.same(held.of("shop", "v1"), { atMs: 2, name: "Ann", priority: 7 });
  t.equal(held.of("other", "v1"), undefined);
  t.equal(held.of("shop", "v2"), undefined);
});

t.test("the newest word on each fact counts, whichever comes first", async (t) => {
  const { held, learn } = stand();
  learn(["v"], { atMs: 5, priority: 9 });
  learn(["v"], { atMs: 3, priority: 1, name: "Ann" });
  t.same(held.of("shop", "v"), { atMs: 5, priority: 9, name: "Ann" });
});

t.test("expired facts are gone and are not mixed with new ones", async (t) => {
  const { clock, held, learn } = stand();
  learn(["v"], { atMs: 1, name: "Ann" }, 10);
  clock.advance(10);
  t.same(held.all(), []);
  learn(["v"], { atMs: 11, priority: 2 }, 99);
  t.same(held.of("shop", "v"), { atMs: 11, priority: 2 });
  learn(["w"], { atMs: 11, priority: 2 }, 99);
  held.forget("shop", "w");
  held.forget("other", "v");
  t.same([held.of("shop", "w"), held.of("shop", "v")?.priority], [undefined, 2]);
  held.clear();
  t.equal(held.of("shop", "v"), undefined);
});

t.test("bounded: who was heard of longest ago is forgotten", async (t) => {
  const { held, learn } = stand(2);
  learn(["a"], { atMs: 1 });
  learn(["b"], { atMs: 2 });
  learn(["a"], { atMs: 3 });
  learn(["c"], { atMs: 4 });
  t.same(
    held.all().map((update) => update.keys),
    [["a"], ["c"]],
  );
});
