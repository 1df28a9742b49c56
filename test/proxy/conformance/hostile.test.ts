/**
 * Slow and hostile visitors in bounded runs: the edge goes on, and its memory stays flat. `HOSTILE_CONNECTIONS=1000000` is the long
 * run (half an hour).
 */
import t from "tap";
import { until } from "../../until.ts";
import { rawOrigin, rawVisitor } from "../data-path-stand.ts";
import { head, OK } from "./case.ts";
import { edgeProcess } from "./edge-process.ts";
import { attack, ATTACKS } from "./hostile.ts";

const MB = 1024 * 1024;
const CONNECTIONS = Number(process.env["HOSTILE_CONNECTIONS"] ?? 4000);
const OF_EACH = 20;
const BATCH = OF_EACH * Object.keys(ATTACKS).length;
const WARM_UP = 4 * BATCH;
const LARGE = Buffer.alloc(8 * MB, "x");

/** Answers, but for `/silent`. */
const patientOrigin = () =>
  rawOrigin((connection) => {
    const { socket, received } = connection;
    if (!received.includes("\r\n\r\n") || received.startsWith("POST")) return;
    connection.received = "";
    if (received.includes("/large")) {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${LARGE.length}\r\n\r\n`);
      socket.write(LARGE);
    } else if (!received.includes("/silent")) socket.write(OK);
  });

async function isServed(port: number): Promise<boolean> {
  using visitor = rawVisitor(port, head("GET /a", "Connection: close"));
  return (await visitor.whole()).endsWith("\r\n\r\nok");
}

t.test("memory is flat under slow and hostile visitors", { timeout: 7_200_000 }, async (t) => {
  await using origin = await patientOrigin();
  await using edge = await edgeProcess({
    origin: origin.url,
    limits: { headMs: 300, idleMs: 300, stallMs: 300, readerStallMs: 300 },
  });
  // Any sequence will do; this one is the same in each run.
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  let connections = 0;
  while (connections < WARM_UP) connections += await attack(edge.port, OF_EACH, random);
  const before = await edge.rssBytes();
  while (connections < CONNECTIONS) {
    connections += await attack(edge.port, OF_EACH, random);
    t.ok(await isServed(edge.port), "an honest visitor is served meanwhile");
    for (const { socket } of origin.connections) if (socket.destroyed) socket.removeAllListeners();
  }
  await until(
    "the last of them to be gone",
    async () => (await edge.state()).openConnections === 0,
  );
  const grown = Math.round(((await edge.rssBytes()) - before) / MB);
  t.comment(`${connections} connections: ${Math.round(before / MB)} MB and ${grown} MB more`);
  t.ok(grown < 24, `memory grew by ${grown} MB`);
  t.same((await edge.state()).complaints, []);
});

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
