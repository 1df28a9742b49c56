/** Both ends of the link over a real Unix socket, and what happens when one of them is away, old or stuck. */
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import type { Hit } from "../../src/model/hit.ts";
import { firstVisit } from "../../src/model/visitor.ts";
import { connectToEngine } from "../../src/proxy/link/client.ts";
import { type EngineMessage, LINK_VERSION } from "../../src/proxy/link/messages.ts";
import { listenForEdges } from "../../src/proxy/link/server.ts";
import { TellsAsker } from "../../src/proxy/link/told-hit.ts";
import { FakeClock } from "../fake-clock.ts";
import { until } from "../until.ts";

type Tap = Pick<typeof t, "teardown">;

const LATER = Date.UTC(2027, 0, 1);

function stand(t: Tap) {
  const directory = mkdtempSync(join(tmpdir(), "link-"));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, "link.sock");
  const clock = new FakeClock(Date.UTC(2026, 0, 5, 10));
  const complaints: string[] = [];
  const log = {
    debug() {},
    info() {},
    warn: (_: object, message: string) => void complaints.push(message),
    error: (_: object, message: string) => void complaints.push(message),
  };
  const hits: Hit[] = [];
  const told: string[] = [];
  let lost = 0;
  const handler = {
    hits(batch: readonly Hit[], _: string, dropped: number) {
      hits.push(...batch);
      lost += dropped;
    },
    shown: (id: string) => void told.push(`shown ${id}`),
    sentOn: (id: string) => void told.push(`sent on ${id}`),
  };
  const edge = (name = "edge-1") => {
    const ups: boolean[] = [];
    let dropped = 0;
    const client = connectToEngine(path, name, {
      clock,
      log,
      metrics: { hitsDropped: (n) => void (dropped += n), linkUp: (up) => void ups.push(up) },
    });
    t.teardown(() => client[Symbol.dispose]());
    return {
      client,
      dropped: () => dropped,
      /** Lets time pass until the link is up. */
      up: (times = 1) =>
        until("the link", () => {
          clock.advance(100);
          return ups.filter(Boolean).length === times;
        }),
      down: () => until("the link's end", () => ups.at(-1) === false),
    };
  };
  return {
    path,
    clock,
    complaints,
    hits,
    told,
    lost: () => lost,
    engine: () => listenForEdges(path, handler, 60_000, { clock, log }),
    edge,
    hit(client: ReturnType<typeof edge>["client"], url = "/"): void {
      const visitor = { cookie: "none", addressKey: client.addressKey("10.0.0.1", "A") } as const;
      client.hit(
        new TellsAsker({
          site: "shop",
          address: "10.0.0.1",
          visitor,
          consent: "none",
          userAgent: "A",
        }),
        { atMs: clock.nowMs(), kind: "page", url, status: 200 },
      );
    },
  };
}
const invitation = (invitationId: string, key: string) => ({
  invitationId,
  site: "shop",
  keys: [key],
  html: `<p>${invitationId}</p>`,
  expiresMs: LATER,
});
const page = (id: string, key: string) => ({
  id,
  site: "shop",
  keys: [key],
  path: "/offer",
  expiresMs: LATER,
});

t.test("hits held before the first welcome have the engine's keys when they come", async (t) => {
  const s = stand(t);
  const { client, up } = s.edge();
  s.hit(client);
  const early = client.addressKey("10.0.0.1", "A");
  await using _ = await s.engine();
  await up();
  const key = client.addressKey("10.0.0.1", "A");
  t.not(key, early);
  await until("the hit", () => s.hits.length === 1);
  t.equal(s.hits[0]?.visitor.addressKey, key);
  t.equal(key.length, 22);
  const long = "A".repeat(512);
  t.equal(client.addressKey("a", `${long}B`), client.addressKey("a", long), "as a hit has it");
});

t.test("what a cookie said is brought up to the hit", async (t) => {
  const s = stand(t);
  await using engine = await s.engine();
  const { client, up } = s.edge();
  await up();
  engine.learn({ site: "shop", keys: ["v"], facts: { atMs: 5, priority: 8 }, expiresMs: LATER });
  const atMs = s.clock.nowMs();
  const ask = (cookie: "returned" | "issued", seenMs: number) =>
    client.hit(
      new TellsAsker({
        site: "shop",
        address: "10.0.0.1",
        visitor: { cookie, visitorId: "v", addressKey: "k" },
        consent: "identified",
        history: firstVisit("v", seenMs),
      }),
      { atMs, kind: "page", url: "/", status: 200, noticed: { login: "ada" } },
    );
  ask("returned", atMs - 60_000);
  ask("returned", atMs - 60_001);
  ask("issued", atMs);
  s.clock.advance(10);
  await until("the hits", () => s.hits.length === 3);
  const [same, later, first] = s.hits.map(({ history }) => history);
  t.match(same, { visitCount: 1, pageCount: 2, priority: 8, login: "ada", lastSeenMs: atMs });
  t.match(later, { visitCount: 2, pageCount: 2, priority: 8 });
  t.same(first, firstVisit("v", atMs), "a first cookie says all already");
});

t.test("hits leave after 10 ms, or 64 at once", async (t) => {
  const s = stand(t);
  await using _ = await s.engine();
  const { client, up } = s.edge();
  await up();
  s.hit(client);
  s.clock.advance(9);
  for (let i = 1; i < 64; i++) s.hit(client);
  await until("a full batch", () => s.hits.length === 64);
  s.hit(client);
  s.clock.advance(10);
  await until("the rest", () => s.hits.length === 65);
  t.pass();
});

t.test("a full buffer drops, counts, and tells the engine", async (t) => {
  const s = stand(t);
  const { client, up, dropped } = s.edge();
  for (let i = 0; i < 4100; i++) s.hit(client, `/${i}`);
  t.equal(dropped(), 4);
  await using _ = await s.engine();
  await up();
  await until("the hits", () => s.hits.length === 4096);
  t.equal(s.hits.at(-1)?.url, "/4095");
  t.equal(s.lost(), 4);
  t.ok(s.complaints.includes("an edge lost hits"));
});

t.test("an engine that comes back tells anew what is pending", async (t) => {
  const s = stand(t);
  const { client, up, down } = s.edge();
  {
    await using engine = await s.engine();
    await up();
    engine.show(invitation("i1", "v"));
    await until("i1", () => client.pending("shop", ["v"])?.invitationId === "i1");
  }
  await down();
  s.hit(client);
  t.ok(client.pending("shop", ["v"]), "kept while nobody says otherwise");
  await using engine = await s.engine();
  engine.show(invitation("i2", "v"));
  engine.sendOn(page("p2", "v"));
  engine.learn({ site: "shop", keys: ["v"], facts: { atMs: 1, priority: 8 }, expiresMs: LATER });
  await up(2);
  await until("facts", () => client.facts("shop", "v")?.priority === 8);
  t.equal(client.pending("shop", ["v"])?.invitationId, "i2");
  t.equal(client.takeNextPage("shop", ["v"])?.id, "p2");
  await until("the hit", () => s.hits.length === 1);
});

t.test("shown is told once for each edge, also when the engine was away", async (t) => {
  const s = stand(t);
  const [a, b] = [s.edge("a"), s.edge("b")];
  a.client.shown("i");
  await using engine = await s.engine();
  await Promise.all([a.up(), b.up()]);
  a.client.shown("i");
  b.client.shown("i");
  b.client.shown("j");
  await until("what was shown", () => s.told.length >= 3);
  engine.withdraw("i");
  a.client.shown("k");
  await until("the last", () => s.told.includes("shown k"));
  t.same([...s.told].sort(), ["shown i", "shown i", "shown j", "shown k"]);
});

t.test("a page is used once, whichever edge it was", async (t) => {
  const s = stand(t);
  const [a, b] = [s.edge("a"), s.edge("b")];
  await using engine = await s.engine();
  await Promise.all([a.up(), b.up()]);
  t.equal(engine.edges(), 2);
  engine.sendOn(page("p", "v"));
  engine.sendOn(page("q", "w"));
  const taken = await until("the page", () => a.client.takeNextPage("shop", ["v"]));
  t.equal(taken.path, "/offer");
  await until("sent on", () => s.told.length === 1);
  // What the engine wrote before is read by now, because q came after p.
  await until("q", () => b.client.takeNextPage("shop", ["w"]));
  await until("sent on twice", () => s.told.length === 2);
  t.equal(b.client.takeNextPage("shop", ["v"]), undefined);
  t.equal(a.client.takeNextPage("shop", ["v"]), undefined);
  t.same(s.told, ["sent on p", "sent on q"]);
});

t.test("a page that was used while the engine was away is not used again", async (t) => {
  const s = stand(t);
  const { client, up, down } = s.edge();
  {
    await using engine = await s.engine();
    await up();
    engine.sendOn(page("p", "v"));
    engine.show(invitation("i", "v"));
    await until("both", () => client.pending("shop", ["v"]));
  }
  await down();
  t.ok(client.takeNextPage("shop", ["v"]));
  await using engine = await s.engine();
  engine.sendOn(page("p", "v"));
  await up(2);
  await until("the news", () => s.told.includes("sent on p"));
  t.equal(client.takeNextPage("shop", ["v"]), undefined);
});

t.test("a new salt at midnight, UTC", async (t) => {
  const s = stand(t);
  await using _ = await s.engine();
  const { client, up } = s.edge();
  await up();
  const monday = client.addressKey("10.0.0.1", "A");
  const midnight = Date.UTC(2026, 0, 6);
  s.clock.advance(midnight - s.clock.nowMs() - 1);
  t.equal(client.addressKey("10.0.0.1", "A"), monday);
  s.clock.advance(1);
  const tuesday = await until("the new salt", () => {
    const key = client.addressKey("10.0.0.1", "A");
    return key !== monday && key;
  });
  s.clock.advance(86_400_000);
  await until("another", () => client.addressKey("10.0.0.1", "A") !== tuesday);
});

/** A peer that the test writes itself. */
async function rawEngine(t: Tap, path: string, answer: (socket: Socket, nth: number) => void) {
  let nth = 0;
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket.on("error", () => undefined).resume());
    answer(socket, nth++);
  }).listen(path);
  await once(server, "listening");
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return () => nth;
}
const welcome = (version: number) => `${JSON.stringify({ type: "welcome", version, salt: "s" })}\n`;

t.test(
  "an engine of another version, or one that talks rubbish, is left and tried again",
  async (t) => {
    const s = stand(t);
    const answers = [
      welcome(LINK_VERSION + 1),
      "HTTP/1.1 400 Bad Request\r\n\r\n",
      '{"type":"salt","salt":"before the welcome"}\n',
      `${welcome(LINK_VERSION)}rubbish\n`,
      welcome(LINK_VERSION),
    ];
    const connections = await rawEngine(t, s.path, (socket, nth) =>
      socket.write(answers[nth] ?? ""),
    );
    const { up } = s.edge();
    await up(2);
    t.equal(connections(), 5);
    t.equal(s.complaints.filter((c) => c.includes("another language")).length, 4);
  },
);

t.test(
  "a page that was used is not used again, though the engine has not heard of it",
  async (t) => {
    const s = stand(t);
    const line = (message: EngineMessage) => `${JSON.stringify(message)}\n`;
    const sockets: Socket[] = [];
    await rawEngine(t, s.path, (socket, nth) => {
      sockets.push(socket);
      socket.write(welcome(LINK_VERSION) + line({ type: "next_page", page: page("p", "v") }));
      if (nth > 0) socket.write(line({ type: "pending", invitation: invitation("after", "v") }));
    });
    const { client, up } = s.edge();
    await up();
    await until("the page", () => client.takeNextPage("shop", ["v"]));
    sockets[0]?.destroy();
    await up(2);
    await until("what comes after the page", () => client.pending("shop", ["v"]));
    t.equal(client.takeNextPage("shop", ["v"]), undefined);
  },
);

t.test("an engine that takes the connection and says nothing is left after 5 s", async (t) => {
  const s = stand(t);
  const connections = await rawEngine(t, s.path, (socket, nth) => {
    if (nth > 0) socket.write(welcome(LINK_VERSION));
  });
  const { up } = s.edge();
  await until("the first connection", () => connections() === 1);
  s.clock.advance(4999);
  t.equal(connections(), 1);
  s.clock.advance(1);
  await up();
  t.equal(connections(), 2);
});

t.test("an engine that reads nothing costs bounded memory and no time", async (t) => {
  const s = stand(t);
  const server = createServer((socket) => {
    socket.on("error", () => undefined).pause();
    socket.write(welcome(LINK_VERSION));
    t.teardown(() => socket.destroy());
  }).listen(s.path);
  t.teardown(() => server.close());
  const { client, up, dropped } = s.edge();
  await up();
  for (let i = 0; i < 20_000; i++) s.hit(client, `/${"x".repeat(500)}`);
  t.ok(dropped() > 14_000, `${dropped()} were dropped`);
});

t.test("an edge that talks rubbish, of another version, or before hello, is cut off", async (t) => {
  const s = stand(t);
  await using engine = await s.engine();
  const { client, up } = s.edge();
  await up();
  for (const line of [
    "rubbish",
    JSON.stringify({ type: "hello", version: LINK_VERSION + 1, edge: "old" }),
    JSON.stringify({ type: "shown", invitationId: "i" }),
    JSON.stringify({ type: "hits", hits: [{}], dropped: 0 }),
  ]) {
    const socket = connect(s.path).resume();
    socket.write(`${line}\n${JSON.stringify({ type: "shown", invitationId: "after" })}\n`);
    await once(socket, "close");
  }
  t.equal(s.complaints.length, 4);
  t.equal(engine.edges(), 1, "the good one stays");
  s.hit(client);
  s.clock.advance(10);
  await until("its hit", () => s.hits.length === 1);
  t.same(s.told, []);
});

t.test("what an edge would not take is not sent, and kept from nobody else", async (t) => {
  const s = stand(t);
  await using engine = await s.engine();
  const { client, up } = s.edge();
  await up();
  engine.show({ ...invitation("bad", "v"), html: "\u00fc" });
  engine.sendOn({ ...page("bad", "v"), path: "//evil.example" });
  engine.show(invitation("good", "v"));
  await until("the good one", () => client.pending("shop", ["v"])?.invitationId === "good");
  t.equal(client.takeNextPage("shop", ["v"]), undefined);
  t.equal(s.complaints.length, 2);
});

t.test("10,000 invitations are told to an edge that comes late", async (t) => {
  const s = stand(t);
  await using engine = await s.engine();
  const html = `<p>${"x".repeat(2000)}</p>`;
  for (let i = 0; i < 10_001; i++) engine.show({ ...invitation(`i${i}`, `v${i}`), html });
  const { client, up } = s.edge();
  await up();
  await until("the last", () => client.pending("shop", ["v10000"]));
  t.equal(client.pending("shop", ["v0"]), undefined, "bounded: the oldest went");
  t.ok(client.pending("shop", ["v1"]));
  t.same(s.complaints, []);
});

t.test("the socket's file: left behind, in use, or something else", async (t) => {
  const s = stand(t);
  const script = `require("node:net").createServer().listen(${JSON.stringify(s.path)}, () => process.kill(process.pid, "SIGKILL"))`;
  const { spawn } = await import("node:child_process");
  await once(spawn(process.execPath, ["-e", script]), "exit");
  t.equal(existsSync(s.path), true, "killed, its socket is still there");
  {
    await using _ = await s.engine();
    await t.rejects(s.engine(), { code: "EADDRINUSE" });
    await s.edge().up();
  }
  rmSync(s.path, { force: true });
  writeFileSync(s.path, "precious");
  await t.rejects(s.engine(), { code: "EADDRINUSE" });
  t.equal(existsSync(s.path), true, "what is no socket is not removed");
});
