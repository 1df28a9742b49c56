import t from "tap";
import { FakeClock } from "../../../test/fake-clock.ts";
import type { Balance, UpstreamRules } from "../../model/site.ts";
import { createUpstream, type Upstream } from "./upstream.ts";

const create = (origins: string[], clock = new FakeClock(), over: Partial<UpstreamRules> = {}) =>
  createUpstream({
    origins,
    clock,
    rules: { balance: "round_robin", repeats: 20, timeouts: {}, ...over },
    connectMs: 100,
    responseMs: 100,
    limits: {
      originConnections: 4,
      originQueue: 2,
      originRestMs: 5000,
      originIdleMs: 1000,
      stallMs: 1000,
      descriptors: Infinity,
    },
  });
const orderOf = (upstream: Upstream, client = "192.0.2.1") =>
  upstream
    .order(client)
    .map(({ url }) => url.hostname)
    .join("");
const THREE = ["http://a", "http://b", "http://c"];
const originOf = (upstream: Upstream, name: string) => {
  const found = upstream.origins.find(({ url }) => url.hostname === name);
  if (!found) throw new Error(`no origin ${name}`);
  return found;
};

t.test("origins take turns; one that cannot be reached comes last for a while", async (t) => {
  const clock = new FakeClock();
  const upstream = create(THREE, clock);
  const order = () => orderOf(upstream);
  t.same([order(), order(), order(), order()], ["abc", "bca", "cab", "abc"]);
  const b = originOf(upstream, "b");
  t.equal(upstream.failed(b, "connect"), true);
  t.equal(upstream.failed(b, "connect"), false, "no news");
  t.same([order(), order(), order()], ["cab", "cab", "acb"]);
  clock.advance(5000);
  t.equal(order(), "bca");
});

t.test(
  "failures in a row put an origin out, for longer each time; an answer ends that",
  async (t) => {
    const clock = new FakeClock();
    const upstream = create(THREE, clock);
    const a = originOf(upstream, "a");
    const out = () => a.isOut(clock.nowMs());
    t.equal(upstream.failed(a, "busy"), false);
    t.same([upstream.failed(a, "timeout"), upstream.failed(a, "broken")], [false, false]);
    a.answered();
    t.same([upstream.failed(a, "timeout"), upstream.failed(a, "broken")], [false, false]);
    t.equal(upstream.failed(a, "unfit"), true, "the third");
    const outForMs = () => {
      let ms = 0;
      for (; out(); ms += 1000) clock.advance(1000);
      upstream.failed(a, "timeout");
      return ms;
    };
    t.same(
      [outForMs(), outForMs(), outForMs(), outForMs(), outForMs(), outForMs()],
      [5000, 10_000, 20_000, 40_000, 60_000, 60_000],
    );
    a.answered();
    t.notOk(out());
    t.equal(upstream.failed(a, "connect"), true);
    t.equal(outForMs(), 5000);
  },
);

t.test("least connections: whoever has the fewest requests, in turns among equals", async (t) => {
  const upstream = create(THREE, new FakeClock(), { balance: "least_connections" });
  originOf(upstream, "a").running = 2;
  originOf(upstream, "c").running = 1;
  t.equal(orderOf(upstream), "bca");
  originOf(upstream, "b").running = 1;
  t.same([orderOf(upstream), orderOf(upstream)], ["bca", "cba"]);
});

t.test("client hash: a client stays, and the loss of an origin moves nobody else", async (t) => {
  const names = ["a", "b", "c", "d"].map((name) => `http://${name}`);
  const upstream = create(names, new FakeClock(), { balance: "client_hash" });
  const clients = Array.from({ length: 4000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  const before = clients.map((client) => orderOf(upstream, client)[0]);
  for (const name of "abcd") {
    const share = before.filter((first) => first === name).length / clients.length;
    t.ok(share > 0.2 && share < 0.3, `${name} has ${share}`);
  }
  upstream.failed(originOf(upstream, "b"), "connect");
  const after = clients.map((client) => orderOf(upstream, client)[0]);
  t.ok(after.every((first, i) => before[i] === "b" || first === before[i]));
  t.same(
    [...new Set(after)].toSorted((x = "", y = "") => x.localeCompare(y)),
    ["a", "c", "d"],
    "those of the lost one are spread",
  );
  const less = create(["http://a", "http://c", "http://d"], new FakeClock(), {
    balance: "client_hash",
  });
  t.same(
    clients.map((client) => orderOf(less, client)[0]),
    after,
    "as if it had never been there",
  );
});

t.test("repeats are a share of the requests", async (t) => {
  const tried = (repeats: number, requests: number) => {
    const upstream = create(THREE, new FakeClock(), { repeats });
    let sent = 0;
    for (let i = 0; i < requests; i++) {
      upstream.order("");
      if (upstream.mayRepeat()) sent++;
    }
    return sent;
  };
  t.equal(tried(25, 1000), 260, "some at the start, then one in four");
  t.equal(tried(0, 1000), 0);
  const quiet = create(THREE);
  for (let i = 0; i < 10_000; i++) quiet.order("");
  let saved = 0;
  while (quiet.mayRepeat()) saved++;
  t.equal(saved, 100, "no more than so many are saved up");
});

t.test("each way of balancing works with one origin", async (t) => {
  for (const balance of ["round_robin", "least_connections", "client_hash"] satisfies Balance[]) {
    const upstream = create(["http://a"], new FakeClock(), { balance });
    upstream.failed(originOf(upstream, "a"), "connect");
    t.equal(orderOf(upstream), "a", balance);
  }
});

t.test("places are bounded, and fewer are for uploads", async (t) => {
  const [origin] = create(["http://a"]).order("");
  if (!origin) throw new Error("no origin");
  origin.running = 5;
  origin.uploads = 2;
  t.same([origin.admits(false), origin.admits(true)], [true, true]);
  origin.uploads = 3;
  t.same([origin.admits(false), origin.admits(true)], [true, false]);
  origin.running = 6;
  t.equal(origin.admits(false), false);
});
