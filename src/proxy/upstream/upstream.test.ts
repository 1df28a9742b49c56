import t from "tap";
import { FakeClock } from "../../../test/fake-clock.ts";
import { createUpstream } from "./upstream.ts";

const create = (origins: string[], clock = new FakeClock()) =>
  createUpstream({
    origins,
    clock,
    connectMs: 100,
    responseMs: 100,
    limits: { originConnections: 4, originQueue: 2, originRestMs: 5000, originIdleMs: 1000 },
  });

t.test("origins take turns; one that rests comes last until it has rested", async (t) => {
  const clock = new FakeClock();
  const upstream = create(["http://a", "http://b", "http://c"], clock);
  const order = () =>
    upstream
      .order()
      .map(({ url }) => url.hostname)
      .join("");
  t.same([order(), order(), order(), order()], ["abc", "bca", "cab", "abc"]);
  const b = upstream.order().find(({ url }) => url.hostname === "b");
  t.equal(b && upstream.rest(b), true);
  t.equal(b && upstream.rest(b), false, "no news");
  t.same([order(), order(), order()], ["cab", "acb", "cab"]);
  clock.advance(5000);
  t.equal(order(), "cab");
  t.equal(order(), "abc");
});

t.test("places are bounded, and fewer are for uploads", async (t) => {
  const [origin] = create(["http://a"]).order();
  if (!origin) throw new Error("no origin");
  origin.running = 5;
  origin.uploads = 2;
  t.same([origin.admits(false), origin.admits(true)], [true, true]);
  origin.uploads = 3;
  t.same([origin.admits(false), origin.admits(true)], [true, false]);
  origin.running = 6;
  t.equal(origin.admits(false), false);
});
