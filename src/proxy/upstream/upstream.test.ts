import t from "tap";
import { FakeClock } from "../../../test/fake-clock.ts";
import { createUpstream } from "./upstream.ts";

const create = (origins: string[], clock = new FakeClock()) =>
  createUpstream({
    origins,
    clock,
    connectMs: 100,
    responseMs: 100,
    limits: { originConnections: 4, originQueue: 2, originRestMs: 5000 },
  });

t.test("origins take turns; one that rests comes last until it has rested", async (t) => {
  const clock = new FakeClock();
  const upstream = create(["http://a", "http://b", "http://c"], clock);
  t.teardown(() => upstream.destroy());
  const order = () =>
    upstream
      .order()
      .map(({ url }) => url.hostname)
      .join("");
  t.same([order(), order(), order(), order()], ["abc", "bca", "cab", "abc"]);
  upstream
    .order()
    .find(({ url }) => url.hostname === "b")
    ?.rest();
  t.same([order(), order(), order()], ["cab", "acb", "cab"]);
  clock.advance(5000);
  t.equal(order(), "cab");
  t.equal(order(), "abc");
});

t.test("places are bounded, fewer are for uploads, and each is given back once", async (t) => {
  const upstream = create(["http://a"]);
  t.teardown(() => upstream.destroy());
  const [origin] = upstream.order();
  const uploads = [1, 2, 3].map(() => origin?.enter(true));
  t.ok(uploads.every(Boolean));
  t.equal(origin?.enter(true), undefined);
  const others = [1, 2, 3].map(() => origin?.enter(false));
  t.ok(others.every(Boolean));
  t.equal(origin?.enter(false), undefined);
  uploads[0]?.[Symbol.dispose]();
  uploads[0]?.[Symbol.dispose]();
  t.ok(origin?.enter(true));
  t.equal(origin?.enter(false), undefined);
});
