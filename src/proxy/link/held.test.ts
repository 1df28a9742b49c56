import t from "tap";
import { FakeClock } from "../../../test/fake-clock.ts";
import { createHeld } from "./held.ts";

const stand = (most = 3) => {
  const clock = new FakeClock(0);
  const held = createHeld<{ site: string; keys: string[]; expiresMs: number }>(clock, most);
  const put = (id: string, keys: string[], expiresMs = 1000, site = "shop") =>
    held.put(id, { site, keys, expiresMs });
  return { clock, held, put };
};

t.test("found by any key, of its own site only", async (t) => {
  const { held, put } = stand();
  put("a", ["k1", "k2"]);
  t.match(held.find("shop", ["x", "k2"]), { keys: ["k1", "k2"] });
  t.equal(held.find("other", ["k1"]), undefined);
  t.equal(held.find("shop", []), undefined);
});

t.test("gone when deleted, expired or cleared", async (t) => {
  const { clock, held, put } = stand();
  put("a", ["k1"]);
  t.equal(held.delete("a"), true);
  t.equal(held.delete("a"), false);
  t.equal(held.find("shop", ["k1"]), undefined);
  put("b", ["k1"], 10);
  clock.advance(10);
  t.same(held.all(), []);
  t.equal(held.find("shop", ["k1"]), undefined);
  put("c", ["k1"], 99);
  held.clear();
  t.equal(held.find("shop", ["k1"]), undefined);
});

t.test("the newest for a key counts; an older one that goes takes nothing along", async (t) => {
  const { held, put } = stand();
  put("old", ["k"], 100);
  put("new", ["k"], 200);
  t.equal(held.find("shop", ["k"])?.expiresMs, 200);
  held.delete("old");
  t.equal(held.find("shop", ["k"])?.expiresMs, 200);
});

t.test("bounded: what is expired goes first, then the oldest", async (t) => {
  const { clock, held, put } = stand(3);
  put("a", ["a"], 100);
  put("b", ["b"], 5);
  put("c", ["c"], 100);
  clock.advance(5);
  put("d", ["d"], 100);
  t.ok(held.find("shop", ["a"]), "only the expired one went");
  put("e", ["e"], 100);
  t.equal(held.find("shop", ["a"]), undefined);
  t.equal(held.all().length, 3);
});
