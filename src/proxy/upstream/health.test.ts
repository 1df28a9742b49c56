import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import t from "tap";
import { FakeClock } from "../../../test/fake-clock.ts";
import { until } from "../../../test/until.ts";
import { LIMITS } from "../limits.ts";
import { createUpstream } from "./upstream.ts";

t.test("an origin goes out after bad answers, and comes back after good ones", async (t) => {
  let planned = 0;
  class CountingClock extends FakeClock {
    override after(ms: number, callback: () => void) {
      planned++;
      return super.after(ms, callback);
    }
  }
  const clock = new CountingClock();
  let answer: number | undefined = 200;
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.host}`);
    if (answer !== undefined) response.writeHead(answer).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const news: (string | undefined)[] = [];
  const limits = { ...LIMITS, originRestMs: 5, originIdleMs: 1 };
  const health = { path: "/up?a=b", intervalMs: 1000, timeoutMs: 200, healthy: 2, unhealthy: 2 };
  const upstream = createUpstream({
    origins: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
    rules: { balance: "round_robin", repeats: 0, timeouts: {}, health },
    clock,
    connectMs: 1,
    responseMs: 1,
    limits: { ...limits, stallMs: 1 },
    host: "shop.test",
    healthChanged: (_, reason) => void news.push(reason),
  });
  const [origin] = upstream.origins;
  if (!origin) throw new Error("no origin");
  /** One check, with its answer. */
  const check = async (status: number | undefined) => {
    answer = status;
    const before = asked.length;
    const then = planned + 2;
    clock.advance(1000);
    await until("a question", () => asked.length > before);
    if (status === undefined) clock.advance(200);
    // Its own time limit, and the next one, which is planned when this one is over.
    await until("its end", () => planned === then);
    return origin.healthy;
  };
  t.equal(await check(200), true);
  t.equal(asked[0], "/up?a=b shop.test");
  t.equal(await check(503), true);
  t.equal(await check(302), true, "a redirect is an answer");
  t.equal(await check(500), true);
  t.equal(await check(undefined), false, "the second in a row");
  t.equal(origin.isOut(0), true);
  t.equal(await check(200), false);
  t.equal(await check(404), false);
  t.equal(await check(200), false);
  t.equal(await check(204), true);
  t.same(news, ["no answer in time", undefined]);

  upstream.destroy();
  t.equal(clock.timers, 0);
});
