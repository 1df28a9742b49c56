/** Large and slow bodies, kept connections, several origins, limits, and the end of a worker. */
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import t from "tap";
import { Agent, request } from "undici";
import { startNginx } from "../e2e/nginx.ts";
import { until } from "../until.ts";
import { recordingOrigin } from "./conformance/recording-origin.ts";
import { head, rawOrigin, rawVisitor, sayingAlways, standBefore } from "./data-path-stand.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const MB = 1024 * 1024;

t.test("a visitor who reads slowly slows the origin down; memory stays flat", async (t) => {
  const total = 96 * MB;
  const piece = Buffer.alloc(64 * 1024, "x");
  let written = 0;
  await using origin = await rawOrigin(({ socket }) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`);
    const more = () => {
      while (written < total && !socket.destroyed) {
        written += piece.length;
        if (!socket.write(piece)) return;
      }
    };
    socket.on("drain", more);
    more();
  });
  await using stand = await standBefore([origin.url]);
  using visitor = rawVisitor(stand.port);
  visitor.socket.removeAllListeners("data");
  visitor.socket.pause();
  const before = process.memoryUsage().rss;
  visitor.socket.write(head("GET /", "Connection: close"));
  await until(
    "the origin to stand still",
    settled(() => written),
  );
  // What is on its way sits in the kernel's buffers, and a little in ours.
  t.ok(written < 32 * MB, `${written} bytes were taken from the origin`);
  const grown = process.memoryUsage().rss - before;
  t.ok(grown < 32 * MB, `memory grew by ${grown} bytes`);
  let received = 0;
  visitor.socket.on("data", (bytes: Buffer) => (received += bytes.length));
  visitor.socket.resume();
  await visitor.whole();
  t.ok(received > total && received < total + 1000, "all of it came in the end");
});

t.test("an origin that reads slowly slows the visitor down; memory stays flat", async (t) => {
  const total = 96 * MB;
  let received = 0;
  await using origin = await rawOrigin((connection) => {
    received += connection.received.length;
    connection.received = "";
    if (received <= 64 * 1024) connection.socket.pause();
    else if (received >= total) connection.socket.end(OK);
  });
  await using stand = await standBefore([origin.url], {
    timeouts: { connectMs: 1000, responseMs: 30_000 },
  });
  using visitor = rawVisitor(stand.port, head("POST /", `Content-Length: ${total}`));
  const piece = Buffer.alloc(64 * 1024, "x");
  let written = 0;
  const more = () => {
    while (written < total) {
      written += piece.length;
      if (!visitor.socket.write(piece)) return;
    }
  };
  visitor.socket.on("drain", more);
  const before = process.memoryUsage().rss;
  more();
  await until(
    "the visitor to stand still",
    settled(() => written),
  );
  t.ok(written < 32 * MB, `${written} bytes were taken from the visitor`);
  t.ok(process.memoryUsage().rss - before < 32 * MB);
  origin.connections[0]?.socket.resume();
  await visitor.has(/200 OK[^]*ok$/);
  t.ok(received >= total);
});

t.test("an event stream comes event by event, also when it is silent at first", async (t) => {
  await using origin = await rawOrigin(({ socket }) =>
    socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"),
  );
  await using stand = await standBefore([origin.url]);
  using visitor = rawVisitor(stand.port, head("GET /"));
  await visitor.has(/text\/event-stream[^]*\r\n\r\n$/);
  for (const event of ["data: 1\n\n", "data: 2\n\n"]) {
    origin.connections[0]?.socket.write(event);
    t.match(await visitor.has(new RegExp(event)), event);
  }
});

t.test("kept connections that the origin has closed fail no request", async (t) => {
  const used = new WeakSet();
  let posts = 0;
  await using origin = await rawOrigin((connection) => {
    if (connection.received.startsWith("POST")) posts++;
    connection.received = "";
    // It says nothing of closing, and closes when the next request is on its way.
    if (used.has(connection)) connection.socket.resetAndDestroy();
    else connection.socket.write(OK);
    used.add(connection);
  });
  await using stand = await standBefore([origin.url]);
  using visitor = rawVisitor(stand.port);
  for (let i = 1; i <= 10; i++) {
    visitor.received = "";
    visitor.socket.write(head("GET /"));
    t.match(await visitor.has(/ok$/), /^HTTP\/1\.1 200 /, `request ${i}`);
  }
  t.ok(stand.errors.length >= 5, "most of them met a dead connection");
  const before = stand.errors.length;
  for (let i = 1; i <= 4; i++) {
    using posting = rawVisitor(stand.port, head("POST /", "Content-Length: 1") + "x");
    await posting.has(/\r\n\r\n/);
    t.equal(posts, i, "what may have had an effect is not sent twice");
  }
  t.ok(stand.errors.length > before, "also when its connection died");
});

t.test("a connection that the origin will soon close is not kept", async (t) => {
  await using origin = await sayingAlways(
    "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1, max=100\r\nContent-Length: 2\r\n\r\nok",
  );
  await using stand = await standBefore([origin.url]);
  using visitor = rawVisitor(stand.port, head("GET /"));
  await visitor.has(/ok$/);
  await until("it to be let go", () => origin.connections[0]?.socket.readableEnded, 10_000);
  t.same(stand.errors, []);
});

t.test("an origin that cannot be reached is passed over, uploads included", async (t) => {
  await using origin = await sayingAlways(OK);
  await using stand = await standBefore(["http://127.0.0.1:1", origin.url, "http://127.0.0.1:2"]);
  for (let i = 0; i < 6; i++) {
    using visitor = rawVisitor(stand.port, head("GET /", "Connection: close"));
    t.match(await visitor.whole(), /^HTTP\/1\.1 200 /);
  }
  t.ok(stand.errors.length <= 2, "and not asked again for a while");
  await using other = await standBefore(["http://127.0.0.1:1", origin.url]);
  using upload = rawVisitor(
    other.port,
    head("POST /", "Content-Length: 4", "Connection: close") + "body",
  );
  t.match(await upload.whole(), /^HTTP\/1\.1 200 /);
  t.same(other.errors, ["connect"]);
});

t.test("connections to an origin, and who waits for them, have a limit", async (t) => {
  await using origin = await rawOrigin(() => undefined);
  await using stand = await standBefore([origin.url], {
    limits: { originConnections: 2, originQueue: 1 },
    timeouts: { connectMs: 500, responseMs: 1000 },
  });
  const visitors = [1, 2, 3, 4].map((n) =>
    rawVisitor(stand.port, head(`GET /${n}`, "Connection: close")),
  );
  t.match(await visitors[3]?.whole(), /^HTTP\/1\.1 503 /);
  t.equal(origin.connections.length, 2);
  // Those in front time out, the third gets a connection then or is told that there was none.
  for (const visitor of visitors.slice(0, 3)) t.match(await visitor.whole(), /^HTTP\/1\.1 50[34] /);
  visitors.push(rawVisitor(stand.port, head("GET /5", "Connection: close")));
  t.match(await visitors[4]?.whole(), /^HTTP\/1\.1 504 /, "places are given back");
  for (const visitor of visitors) visitor[Symbol.dispose]();
});

t.test("uploads leave connections to others", async (t) => {
  await using origin = await rawOrigin(({ received, socket }) => {
    if (received.startsWith("GET")) socket.end(OK);
  });
  await using stand = await standBefore([origin.url], { limits: { originConnections: 4 } });
  const uploads = Array.from({ length: 5 }, () =>
    rawVisitor(stand.port, head("POST /", "Content-Length: 100") + "x"),
  );
  await until("three to have come", () => origin.connections.length === 3);
  await until(
    "two to be refused",
    () => uploads.filter(({ received }) => received.startsWith("HTTP/1.1 503 ")).length === 2,
  );
  using page = rawVisitor(stand.port, head("GET /", "Connection: close"));
  t.match(await page.whole(), /200 OK[^]*ok$/);
  for (const upload of uploads) upload[Symbol.dispose]();
  await until("their places", () => stand.access.length === 6);
  using another = rawVisitor(stand.port, head("POST /", "Content-Length: 1") + "x");
  await until("the next to come", () =>
    origin.connections.some(({ received }) => received.endsWith("Content-Length: 1\r\n\r\nx")),
  );
  t.equal(another.received, "");
});

t.test("a visitor who takes nothing for long is cut, and the origin let go", async (t) => {
  await using origin = await rawOrigin(({ socket }) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${64 * MB}\r\n\r\n`);
    socket.write(Buffer.alloc(64 * MB));
  });
  await using stand = await standBefore([origin.url], {
    limits: { stallMs: 100, readerStallMs: 800 },
  });
  using visitor = rawVisitor(stand.port);
  visitor.socket.pause();
  const startedMs = Date.now();
  visitor.socket.write(head("GET /"));
  await until("the origin to be let go", () => origin.connections[0]?.socket.destroyed);
  t.ok(Date.now() - startedMs >= 790, "not before the limit for readers");
  await until("the visitor's connection", () => stand.open() === 0);
});

t.test("drain: who is being answered is answered, streams go last, tunnels are cut", async (t) => {
  await using origin = await rawOrigin(({ received, socket }) => {
    if (received.includes("/events"))
      socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
    else if (received.includes("Upgrade:"))
      socket.write("HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    else if (received.includes("/slow"))
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf");
    else if (received.includes("/quick")) socket.write(OK);
  });
  await using stand = await standBefore([origin.url]);
  using events = rawVisitor(stand.port, head("GET /events"));
  using tunnel = rawVisitor(stand.port, head("GET /t", "Connection: Upgrade", "Upgrade: x"));
  using slow = rawVisitor(stand.port, head("GET /slow"));
  using silent = rawVisitor(stand.port, head("GET /silent"));
  using idle = rawVisitor(stand.port, head("GET /quick"));
  await Promise.all([
    events.has(/data: 1/),
    tunnel.has(/ 101 /),
    slow.has(/half/),
    idle.has(/ok$/),
    until("the origin to be asked", () => origin.connections.length === 5),
  ]);
  const startedMs = Date.now();
  const drained = stand.edge.drain(2500);
  idle.received = "";
  idle.socket.write(head("GET /quick"));
  t.match(await idle.whole(), /200 OK[^]*connection: close[^]*ok$/i, "a last request is answered");
  const asked = (path: string) => origin.connections.find((c) => c.received.includes(path));
  asked("/slow")?.socket.write("done");
  t.match(await slow.has(/halfdone$/), /200 OK/);
  t.equal(events.ended, undefined, "the stream goes on while others are answered");
  asked("/silent")?.socket.write(OK);
  t.match(await silent.whole(), /200 OK[^]*connection: close[^]*ok$/i);
  await events.whole();
  t.ok(Date.now() - startedMs < 2000, "the stream ends before the limit");
  t.equal(tunnel.ended, undefined);
  await drained;
  await tunnel.whole();
  t.ok(Date.now() - startedMs >= 2400, "the tunnel has had all the time there was");
  t.equal(stand.open(), 0);
});

t.test("drain under load fails nobody", async (t) => {
  await using origin = await recordingOrigin();
  await using first = await standBefore([origin.url]);
  await using second = await standBefore([origin.url]);
  let url = first.url;
  let going = true;
  let answered = 0;
  const failures: string[] = [];
  const isGoing = () => going;
  const upload = Buffer.alloc(30_000, "x");
  const visitors = Array.from({ length: 8 }, async (_, i) => {
    const dispatcher = new Agent({ connections: 1, pipelining: 1 });
    while (isGoing()) {
      try {
        const sent = i % 4 === 1 ? upload : Readable.from([upload]);
        const asked = i % 2 === 0 ? null : sent;
        const method = asked ? "POST" : "GET";
        const { statusCode, body } = await request(url, { dispatcher, method, body: asked });
        answered++;
        if ((await body.text()) !== "ok" || statusCode !== 200) failures.push(String(statusCode));
      } catch (error) {
        failures.push(String(error));
      }
    }
    await dispatcher.close();
  });
  await until("some answers", () => answered > 100);
  // The other worker has the port from now on.
  url = second.url;
  await first.edge.drain(3000);
  const before = answered;
  await until("more answers", () => answered > before + 100);
  going = false;
  await Promise.all(visitors);
  t.same([...failures, ...origin.faults], []);
});

t.test(
  "nginx behind it: pages, gzip, 304, ranges, HEAD, and a large file by its hash",
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "data-path-nginx-"));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    // nginx's workers are somebody else.
    chmodSync(folder, 0o755);
    const large = randomBytes(64 * MB);
    writeFileSync(join(folder, "index.html"), `<!doctype html><p>${"Hello ".repeat(100)}</p>`);
    writeFileSync(join(folder, "large.bin"), large);
    await using origin = await startNginx(folder);
    await using stand = await standBefore([origin.url]);
    const ask = (path: string, headers = {}, method: "GET" | "HEAD" = "GET") =>
      request(`${stand.url}${path}`, { headers, method });
    const direct = await request(`${origin.url}/`);
    const page = await ask("/");
    t.equal(await page.body.text(), await direct.body.text());
    t.same(
      { ...page.headers, date: "", connection: "", "keep-alive": "" },
      { ...direct.headers, date: "", connection: "", "keep-alive": "" },
    );
    const zipped = await ask("/", { "accept-encoding": "gzip" });
    t.equal(zipped.headers["content-encoding"], "gzip");
    await zipped.body.dump();
    const etag = String(page.headers.etag);
    const same = await ask("/", { "if-none-match": etag });
    t.equal(same.statusCode, 304);
    t.equal(await same.body.text(), "");
    const range = await ask("/large.bin", { range: "bytes=1000-1999" });
    t.equal(range.statusCode, 206);
    t.same(Buffer.from(await range.body.arrayBuffer()), large.subarray(1000, 2000));
    const only = await ask("/large.bin", {}, "HEAD");
    t.equal(only.headers["content-length"], String(large.length));
    await only.body.dump();
    const hash = createHash("sha256");
    for await (const bytes of (await ask("/large.bin")).body) hash.update(bytes as Buffer);
    t.equal(hash.digest("hex"), createHash("sha256").update(large).digest("hex"));
    t.same(stand.errors, []);
  },
);

/** Says true when a figure above zero has not changed for a while. */
function settled(figure: () => number): () => boolean {
  let last = -1;
  let quiet = 0;
  return () => {
    quiet = figure() === last ? quiet + 1 : 0;
    last = figure();
    return last > 0 && quiet >= 8;
  };
}

t.test("an origin that breaks off is not asked twice as often for it", async (t) => {
  await using origin = await rawOrigin(({ socket }) => socket.destroy());
  const rules = { balance: "round_robin", repeats: 25, timeouts: {} } as const;
  await using stand = await standBefore([origin.url], { site: { upstream: rules } });
  for (let i = 0; i < 40; i++) {
    using visitor = rawVisitor(stand.port, head("GET /", "Connection: close"));
    t.match(await visitor.whole(), /^HTTP\/1\.1 502 /);
  }
  t.equal(origin.connections.length, 40 + 20, "ten at first, then one in four");
});

t.test("a site has times of its own for its origins", async (t) => {
  await using origin = await rawOrigin((connection) => {
    if (connection.received.includes("GET /half")) {
      connection.socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    }
  });
  const timeouts = { firstByteMs: 150, betweenBytesMs: 100 };
  const rules = { balance: "round_robin", repeats: 20, timeouts } as const;
  await using stand = await standBefore([origin.url], { site: { upstream: rules } });
  using silent = rawVisitor(stand.port, head("GET /"));
  t.match(await silent.has(/\r\n\r\n/), /^HTTP\/1\.1 504 /);
  using half = rawVisitor(stand.port, head("GET /half"));
  await half.has(/half$/);
  await half.whole();
  t.pass("cut off when the body stands still");
});
