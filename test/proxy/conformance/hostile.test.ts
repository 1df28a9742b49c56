/**
 * Slow and hostile visitors in bounded runs: the edge goes on, and its memory stays flat. `HOSTILE_CONNECTIONS=1000000` is the long
 * run (half an hour for plain HTTP/1.1, longer for the others). A name of a run in `HOSTILE_ONLY` leaves the others out.
 */
import { connect as connectHttp2 } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import t from "tap";
import { until } from "../../until.ts";
import { rawVisitor } from "../data-path-stand.ts";
import { ask } from "../secure-stand.ts";
import { besiege, patientOrigin, SIEGES } from "./besiege.ts";
import { head } from "./case.ts";
import { type EdgeProcess, edgeProcess } from "./edge-process.ts";

const MB = 1024 * 1024;
const { HOSTILE_CONNECTIONS, HOSTILE_ONLY } = process.env;
const OF_EACH = 20;
/** How much more of JavaScript's memory there may be after all of them: noise. */
const MOST_HEAP = 3 * MB;

interface Run {
  /** How many come in a short run. */
  readonly few: number;
  /** How much more memory there may be after all of them: what the allocator keeps, and what noise there is. */
  readonly mostRss: number;
  /** An honest visitor meanwhile. */
  served(edge: EdgeProcess): Promise<boolean>;
}
const RUNS: Readonly<Record<keyof typeof SIEGES, Run>> = {
  "plain HTTP/1.1": { few: 2700, mostRss: 24 * MB, served: ({ port }) => isServed(port) },
  TLS: { few: 1300, mostRss: 24 * MB, served: ({ securePort }) => isServedSecurely(securePort) },
  // A crowd of these takes some 300 MB. After 10,000 of them it was 42 MB more, after 30,000 50 MB, after 100,000 51 MB.
  "HTTP/2": {
    few: 1100,
    mostRss: 64 * MB,
    served: ({ securePort }) => isServedByHttp2(securePort),
  },
};

async function isServed(port: number): Promise<boolean> {
  using visitor = rawVisitor(port, head("GET /a", "Connection: close"));
  return (await visitor.whole()).endsWith("\r\n\r\nok");
}

async function isServedSecurely(port: number): Promise<boolean> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  socket.write(head("GET /a", "Connection: close"));
  let answer = "";
  for await (const piece of socket) answer += String(piece);
  return answer.endsWith("\r\n\r\nok");
}

async function isServedByHttp2(port: number): Promise<boolean> {
  const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  session.on("error", () => undefined);
  const { status, body } = await ask(session, { ":path": "/a" });
  session.destroy();
  return status === 200 && String(body) === "ok";
}

for (const [name, siege] of Object.entries(SIEGES)) {
  const run = RUNS[name];
  if (!run || (HOSTILE_ONLY !== undefined && HOSTILE_ONLY !== name)) continue;
  t.test(
    `memory is flat under slow and hostile visitors: ${name}`,
    { timeout: 36_000_000 },
    async (t) => {
      const connections = Number(HOSTILE_CONNECTIONS ?? run.few);
      const after = await besiege(siege, connections, OF_EACH, async (edge) => {
        t.ok(await run.served(edge), "an honest visitor is served meanwhile");
      });
      const { rssBytes, grownRssBytes, grownHeapBytes } = after;
      const [rss, more, heap] = [rssBytes, grownRssBytes, grownHeapBytes].map((n) =>
        (n / MB).toFixed(1),
      );
      t.comment(
        `${after.connections} connections in ${after.seconds} s: ${rss} MB and ${more} MB more, ${heap} MB of it JavaScript's`,
      );
      t.ok(grownRssBytes < run.mostRss, `memory grew by ${more} MB`);
      t.ok(grownHeapBytes < MOST_HEAP, `JavaScript's by ${heap} MB`);
      t.equal(after.grownFiles <= 0, true, "no file or socket is left open");
      t.same(after.complaints, []);
    },
  );
}

t.test("a process without files left survives, and accepts again", async (t) => {
  await using origin = await patientOrigin();
  // It is not told how many it may have: all are taken, and libuv closes who comes then.
  await using edge = await edgeProcess({ origin: origin.url, limits: {} }, 64);
  const crowd = Array.from({ length: 200 }, () => rawVisitor(edge.port));
  const inside = () => crowd.filter(({ ended }) => ended === undefined);
  await until(
    "no more to be accepted",
    async () => (await edge.state()).openConnections === inside().length,
  );
  t.ok(inside().length > 10 && inside().length < 64, `${inside().length} got in`);
  const [first, second, ...others] = inside();
  first?.socket.write(head("GET /a"));
  t.match(
    await first?.has(/<\/html>/),
    /^HTTP\/1\.1 503 /,
    "no connection to the origin can be made",
  );
  first?.socket.destroy();
  await until("one less", async () => (await edge.state()).openConnections < others.length + 2);
  second?.socket.write(head("GET /a"));
  t.match(await second?.has(/ok$/), /^HTTP\/1\.1 200 /, "it is not the origin's fault");
  for (const { socket } of others) socket.write(head("GET /a"));
  for (const one of others) t.match(await one.has(/ok$/), /^HTTP\/1\.1 200 /);
  t.equal(origin.connections.length, 1, "there was one connection for all of them");
  for (const { socket } of crowd) socket.destroy();
  await until("the crowd to be gone", async () => (await edge.state()).openConnections === 0);
  t.ok(await isServed(edge.port));
  t.same((await edge.state()).complaints, []);
});

t.test("no origin is blamed when there are no descriptors to ask it with", async (t) => {
  await using origin = await patientOrigin();
  const health = { path: "/up", intervalMs: 20, timeoutMs: 1000, healthy: 1, unhealthy: 1 };
  const upstream = { balance: "round_robin", repeats: 0, timeouts: {}, health } as const;
  await using edge = await edgeProcess({ origin: origin.url, limits: {}, upstream }, 64);
  const askedMore = async (times: number) => {
    const before = origin.connections.length;
    await until("health checks", () => origin.connections.length >= before + times);
  };
  await askedMore(2);
  const crowd = Array.from({ length: 200 }, () => rawVisitor(edge.port));
  await until("the last descriptor to be taken", () => edge.openFiles() >= 63);
  const asked = origin.connections.length;
  await sleep(20 * health.intervalMs);
  t.ok(origin.connections.length < asked + 20, "checks have failed meanwhile");
  for (const { socket } of crowd) socket.destroy();
  await askedMore(2);
  t.same((await edge.state()).complaints, []);
});
