/** What a site bears of one client: more is refused, and counted by its reason. */
import { readdirSync } from "node:fs";
import t from "tap";
import { FakeClock } from "../fake-clock.ts";
import { until } from "../until.ts";
import { head, rawOrigin, rawVisitor, sayingAlways, standBefore } from "./data-path-stand.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

t.test("more requests than a client may make are 429, and say when to come back", async (t) => {
  await using origin = await sayingAlways(OK);
  const clock = new FakeClock();
  const rate = { perSecond: 0.5, burst: 2 };
  const trustedProxies = ["127.0.0.1"];
  await using stand = await standBefore([origin.url], {
    clock,
    trustedProxies,
    site: { limits: { rate } },
  });
  using visitor = rawVisitor(stand.port);
  const ask = async (client: string) => {
    visitor.received = "";
    visitor.socket.write(head("GET /", `X-Forwarded-For: ${client}`));
    const answer = await visitor.has(/\r\n\r\n(ok|[^]*<\/html>)/);
    return [answer.slice(9, 12), /Retry-After: (\d+)/.exec(answer)?.[1]];
  };
  t.same(await ask("192.0.2.1"), ["200", undefined]);
  t.same(await ask("192.0.2.1"), ["200", undefined]);
  t.same(await ask("192.0.2.1"), ["429", "2"]);
  t.same(await ask("192.0.2.2"), ["200", undefined], "on the same connection, for somebody else");
  clock.advance(1000);
  t.same(await ask("192.0.2.1"), ["429", "1"]);
  clock.advance(1000);
  t.same(await ask("192.0.2.1"), ["200", undefined]);
  t.same(await ask("2001:db8:0:1::1"), ["200", undefined]);
  t.same(await ask("2001:db8:0:1::2"), ["200", undefined]);
  t.same(
    await ask("2001:db8:0:1:ffff::3"),
    ["429", "2"],
    "addresses of one network are one client",
  );
  t.same(stand.limited, ["shop rate", "shop rate", "shop rate"]);
});

t.test("a body that is too large is 413, as soon as that is known", async (t) => {
  await using origin = await rawOrigin((connection) => {
    if (!/(xyz|0\r\n\r\n)$/.test(connection.received)) return;
    connection.received = "";
    connection.socket.write(OK);
  });
  await using stand = await standBefore([origin.url], { site: { limits: { body: 20 } } });
  using said = rawVisitor(stand.port, head("POST /", "Content-Length: 21"));
  t.match(await said.whole(), /^HTTP\/1\.1 413 [^]*Connection: close/);
  t.equal(origin.connections.length, 0, "nobody else needs to know");
  using fits = rawVisitor(
    stand.port,
    head("POST /", "Content-Length: 20") + "x".repeat(17) + "xyz",
  );
  t.match(await fits.has(/ok$/), /^HTTP\/1\.1 200 /);

  using chunked = rawVisitor(stand.port, head("POST /", "Transfer-Encoding: chunked"));
  chunked.socket.write("a\r\n0123456789\r\n");
  await until("the first piece", () => origin.connections[0]?.received.endsWith("89\r\n"));
  chunked.socket.write("a\r\n0123456789\r\n");
  t.match(await chunked.whole(), /^HTTP\/1\.1 413 /);
  await until("its end", () => origin.connections[0]?.socket.destroyed);
  using short = rawVisitor(stand.port, head("POST /", "Transfer-Encoding: chunked"));
  short.socket.write("4\r\n0123\r\n0\r\n\r\n");
  t.match(await short.has(/ok$/), /^HTTP\/1\.1 200 /);
  t.same(stand.limited, ["shop body", "shop body"]);
});

t.test(
  "a client may have so many connections; a proxy that is trusted as many as it likes",
  async (t) => {
    await using origin = await sayingAlways(OK);
    await using stand = await standBefore([origin.url], { connectionsPerClient: 2 });
    using first = rawVisitor(stand.port, head("GET /"));
    using second = rawVisitor(stand.port, head("GET /"));
    await Promise.all([first.has(/ok$/), second.has(/ok$/)]);
    using refused = rawVisitor(stand.port);
    t.equal(await refused.whole(), "");
    t.same(stand.limited, [" connections"]);
    t.equal(stand.open(), 2);
    second.socket.destroy();
    await until("a place", () => stand.open() === 1);
    using third = rawVisitor(stand.port, head("GET /"));
    await third.has(/ok$/);

    await using behind = await standBefore([origin.url], {
      connectionsPerClient: 1,
      trustedProxies: ["127.0.0.1"],
    });
    using a = rawVisitor(behind.port, head("GET /"));
    using b = rawVisitor(behind.port, head("GET /"));
    t.ok(await Promise.all([a.has(/ok$/), b.has(/ok$/)]));
  },
);

t.test("who comes by the PROXY protocol is counted by the address that it tells", async (t) => {
  await using origin = await sayingAlways(OK);
  await using stand = await standBefore([origin.url], {
    connectionsPerClient: 1,
    proxyProtocol: true,
    trustedProxies: ["127.0.0.1"],
  });
  const from = (address: string) =>
    rawVisitor(stand.port, `PROXY TCP4 ${address} 192.0.2.9 1234 80\r\n${head("GET /")}`);
  using one = from("192.0.2.1");
  using other = from("192.0.2.2");
  await Promise.all([one.has(/ok$/), other.has(/ok$/)]);
  using again = from("192.0.2.1");
  t.equal(await again.whole(), "");
  t.same(stand.limited, [" connections"]);
  await until("no more than two", () => stand.open() === 2);
});

t.test("an upload that trickles is 408; one that is fast enough is not", async (t) => {
  await using origin = await rawOrigin(() => undefined);
  const clock = new FakeClock();
  await using stand = await standBefore([origin.url], { clock, slowestUpload: 100 });
  const post = head("POST /", "Content-Length: 9000");
  using slow = rawVisitor(stand.port, post);
  await until("the slow one", () => origin.connections.length === 1);
  using fast = rawVisitor(stand.port, post + "x".repeat(3500));
  await until("the fast one", () => origin.connections[1]?.received.endsWith("x".repeat(3500)));
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      clock.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await pass(20);
  slow.socket.write("x".repeat(100));
  await until("a trickle", () => origin.connections[0]?.received.endsWith("x".repeat(100)));
  await pass(11);
  t.match(await slow.has(/<\/html>/), /^HTTP\/1\.1 408 /);
  t.equal(fast.received, "");
  t.same(stand.limited, ["shop slow_body"]);
  await pass(30);
  t.match(await fast.has(/<\/html>/), /^HTTP\/1\.1 408 /, "nothing more came of it");
});

t.test(
  "who finds no descriptor or no place left is turned away; the log says so once a minute",
  async (t) => {
    await using origin = await sayingAlways(OK);
    const clock = new FakeClock();
    const used = readdirSync("/proc/self/fd").length;
    // Visitors leave a quarter; each takes two here, one at either end.
    const limits = { descriptors: Math.ceil(((used + 40) * 4) / 3) };
    await using stand = await standBefore([origin.url], { clock, limits });
    t.match(stand.complaints, [/^the limit of open files lets in fewer visitors .* LimitNOFILE=/]);
    const visitors: ReturnType<typeof rawVisitor>[] = [];
    const come = async () => {
      const visitor = rawVisitor(stand.port, head("GET /"));
      visitors.push(visitor);
      await until("him to be in or out", () => visitor.ended ?? visitor.received.endsWith("ok"));
      return visitor.ended === undefined;
    };
    while (await come()) t.ok(visitors.length < 40);
    t.ok(visitors.length > 5, `${visitors.length}`);
    t.match(stand.complaints[1], /^visitors are turned away, .* LimitNOFILE=/);
    t.notOk(await come());
    t.same(stand.limited, [" descriptors", " descriptors"]);
    t.equal(stand.complaints.length, 2);
    clock.advance(60_000);
    t.notOk(await come());
    t.equal(stand.complaints.length, 3);
    for (const { socket } of visitors) socket.destroy();
    await until("them to be gone", () => stand.open() === 0);
    t.ok(await come());
    visitors.at(-1)?.socket.destroy();

    await using small = await standBefore([origin.url], { limits: { connections: 1 } });
    using first = rawVisitor(small.port, head("GET /"));
    await first.has(/ok$/);
    using second = rawVisitor(small.port, head("GET /"));
    t.equal(await second.whole(), "");
    t.same(small.limited, [" all_connections"]);
    t.match(small.complaints, [/^visitors are turned away, .* edge\.workers/]);
  },
);
