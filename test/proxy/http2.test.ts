import { createServer } from "node:http";
import { once } from "node:events";
import { constants } from "node:http2";
import type { AddressInfo } from "node:net";
import t from "tap";
import { WebSocketServer } from "ws";
import { until } from "../until.ts";
import { rawOrigin, sayingAlways } from "./data-path-stand.ts";
import { ask, secureStandBefore } from "./secure-stand.ts";

/** What an origin says, and what a visitor makes of it. */
const ANSWERS: Record<string, [string, object, { end?: boolean; method?: string }?]> = {
  "a body with its length": [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello",
    { status: 200, body: "hello", headers: { "content-length": "5", "x-a": "b" }, reset: 0 },
  ],
  "fields of the connection": [
    "HTTP/1.1 200 OK\r\nConnection: x-b\r\nX-B: c\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n",
    {
      status: 200,
      headers: { connection: undefined, "x-b": undefined, "keep-alive": undefined },
      reset: 0,
    },
  ],
  "two cookies": [
    "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n",
    { headers: { "set-cookie": ["a=1", "b=2"] }, reset: 0 },
  ],
  "a field that should be there once": [
    "HTTP/1.1 200 OK\r\nContent-Type: text/a\r\nContent-Type: text/b\r\nContent-Length: 0\r\n\r\n",
    { status: 200, reset: 0 },
  ],
  "chunks and trailers": [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n",
    {
      body: "abcde",
      headers: { "transfer-encoding": undefined },
      trailers: { "x-sum": "1" },
      reset: 0,
    },
  ],
  "chunks without trailers": [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    { body: "abc", trailers: {}, reset: 0 },
  ],
  "early hints": [
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    { status: 200, interim: [{ ":status": 103, link: "</a>" }], reset: 0 },
  ],
  "a body until the end": [
    "HTTP/1.1 200 OK\r\n\r\nhello",
    { body: "hello", reset: 0 },
    { end: true },
  ],
  "to HEAD": [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
    { status: 200, body: "", headers: { "content-length": "5" }, reset: 0 },
    { method: "HEAD" },
  ],
  "no content": ["HTTP/1.1 204 No Content\r\n\r\n", { status: 204, body: "", reset: 0 }],
  "not modified": [
    'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n',
    { status: 304, headers: { etag: '"a"' }, reset: 0 },
  ],
  "an answer of the application that is an error": [
    "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy",
    { status: 503, body: "busy", reset: 0 },
  ],
  "a body that is cut short": [
    "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
    { status: 200, reset: constants.NGHTTP2_INTERNAL_ERROR },
    { end: true },
  ],
  "chunks that are cut short": [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    { status: 200, reset: constants.NGHTTP2_INTERNAL_ERROR },
    { end: true },
  ],
  "chunks that are broken": [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
    { status: 502, reset: 0 },
    { end: true },
  ],
  "no answer": ["", { status: 502, reset: 0 }, { end: true }],
};

t.test("answers", async (t) => {
  for (const [what, [bytes, expected, options = {}]] of Object.entries(ANSWERS)) {
    await using origin = await sayingAlways(bytes, options.end);
    await using stand = await secureStandBefore([origin.url]);
    const headers = { ":path": "/", ":method": options.method ?? "GET" };
    const answer = await ask(stand.visit(), headers);
    t.match({ ...answer, body: answer.body.toString() }, expected, what);
    t.same(stand.counted.slice(1), [], `${what}: no abuse`);
  }
});

t.test("a request arrives as HTTP/1.1", async (t) => {
  await using origin = await sayingAlways("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  await using stand = await secureStandBefore([origin.url]);
  const session = stand.visit();
  const crumbs = { cookie: ["a=1", "b=2"], "x-forwarded-for": "203.0.113.9" };
  t.match(await ask(session, { ":path": "/a?b=c", ...crumbs }), { status: 200 });
  const received = origin.connections[0]?.received ?? "";
  t.match(stand.access, [{ method: "GET", path: "/a", status: 200, site: "shop" }]);
  await until("the request", () => origin.connections.some((c) => c.received !== "") || received);
});

t.test("uploads", async (t) => {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { headers, trailers } = request;
      const bytes = Buffer.concat(pieces).length;
      response.end(JSON.stringify({ headers, trailers, bytes }));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await using stand = await secureStandBefore([`http://127.0.0.1:${port}`]);
  const session = stand.visit();
  const post = { ":method": "POST", ":path": "/up" };
  const big = Buffer.alloc(3_000_000, "x");
  const unknown = await ask(session, post, big, { "x-sum": "9", host: "other.example" });
  t.match(JSON.parse(unknown.body.toString()), {
    bytes: big.length,
    headers: { "transfer-encoding": "chunked" },
    trailers: { "x-sum": "9", host: undefined },
  });
  const known = await ask(session, { ...post, "content-length": big.length }, big);
  t.match(JSON.parse(known.body.toString()), {
    bytes: big.length,
    headers: { "content-length": String(big.length), cookie: undefined },
  });
  const empty = await ask(session, { ...post, "content-length": 0 });
  t.match(JSON.parse(empty.body.toString()), { bytes: 0 });
  const cookies = await ask(session, { ":path": "/", cookie: "a=1; b=2", te: "trailers" });
  t.match(JSON.parse(cookies.body.toString()), {
    headers: { cookie: "a=1; b=2", "x-forwarded-proto": "https", host: /^127\.0\.0\.1:/ },
  });
  t.same(stand.counted, ["TLSv1.3 false"]);
  server.closeAllConnections();
  server.close();
});

t.test("a visitor who waits for 100 Continue", async (t) => {
  await using origin = await rawOrigin((c) => {
    if (c.received.endsWith("hello")) {
      c.socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
  });
  await using stand = await secureStandBefore([origin.url]);
  const stream = stand.visit().request({
    ":method": "POST",
    ":path": "/",
    expect: "100-continue",
    "content-length": 5,
  });
  let status = 0;
  stream.on("response", (fields) => (status = Number(fields[":status"])));
  stream.on("continue", () => stream.end("hello"));
  stream.resume();
  await once(stream, "close");
  t.equal(status, 200);
});

t.test("many at once, slow and fast, each gets its own", async (t) => {
  await using origin = await rawOrigin((c) => {
    for (const [, path = ""] of c.received.matchAll(/GET \/(\d+) .*?\r\n\r\n/gs)) {
      const body = path.repeat(Number(path) * 100);
      c.socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    }
    c.received = "";
  });
  await using stand = await secureStandBefore([origin.url]);
  const session = stand.visit();
  const paths = Array.from({ length: 90 }, (_, i) => String(i + 1));
  const answers = await Promise.all(paths.map((path) => ask(session, { ":path": `/${path}` })));
  t.ok(
    answers.every(({ body }, i) => body.toString() === paths[i]?.repeat(Number(paths[i]) * 100)),
  );
});

t.test("a download that nobody takes waits, and holds up nobody else", async (t) => {
  let sent = 0;
  const piece = Buffer.alloc(65_536, "d");
  await using origin = await rawOrigin(({ received, socket }) => {
    if (!received.startsWith("GET /big")) {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      return;
    }
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
    const more = () => {
      while (sent < 100_000_000 && socket.write(piece)) sent += piece.length;
    };
    socket.on("drain", more);
    more();
  });
  await using stand = await secureStandBefore([origin.url]);
  const session = stand.visit();
  const big = session.request({ ":path": "/big" });
  await once(big, "response");
  // Until the origin is asked to wait.
  for (let before = -1; before !== sent;) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  t.ok(sent < 20_000_000, `${sent} bytes are on their way`);
  t.match(await ask(session, { ":path": "/small" }), { status: 200, reset: 0 });
  let got = 0;
  big.on("data", (bytes: Buffer) => (got += bytes.length));
  await until("the rest", () => got > 40_000_000);
  big.close(constants.NGHTTP2_CANCEL);
});

t.test("who goes away takes his request with him", async (t) => {
  await using origin = await rawOrigin(() => undefined);
  await using stand = await secureStandBefore([origin.url]);
  const stream = stand.visit().request({ ":path": "/" });
  stream.on("error", () => undefined);
  await until("the request", () => origin.connections[0]?.received);
  const gone = once(origin.connections[0]?.socket ?? t, "close");
  stream.close(constants.NGHTTP2_CANCEL);
  await gone;
  await until("the log", () => stand.access.length === 1);
  t.match(stand.access, [{ status: 0, path: "/" }]);
});

t.test("an early answer ends an upload", async (t) => {
  await using origin = await sayingAlways(
    "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig",
    true,
  );
  await using stand = await secureStandBefore([origin.url]);
  const session = stand.visit();
  const stream = session.request({ ":method": "POST", ":path": "/" });
  let body = "";
  stream.on("data", (piece: Buffer) => (body += piece.toString()));
  stream.write("the first of many");
  await once(stream, "close");
  t.equal(body, "big");
  t.equal(stream.rstCode, constants.NGHTTP2_NO_ERROR);
  t.notOk(session.closed, "others go on");
});

t.test("a body that is not as long as it says", async (t) => {
  await using origin = await rawOrigin(() => undefined);
  await using stand = await secureStandBefore([origin.url]);
  const post = { ":method": "POST", ":path": "/", "content-length": 5 };
  for (const body of ["sixsix", "four"]) {
    const { status, reset } = await ask(stand.visit(), post, body);
    t.equal(status, 0);
    t.not(reset, constants.NGHTTP2_NO_ERROR);
  }
  await until("the origin to be left", () => origin.connections.every((c) => c.socket.destroyed));
  t.notOk(
    origin.connections.some((c) => c.received.endsWith("four\n")),
    "nothing was made up",
  );
});

t.test("WebSockets within HTTP/2 (RFC 8441)", async (t) => {
  const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(sockets, "listening");
  sockets.on("connection", (socket) => {
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
  const { port } = sockets.address() as AddressInfo;
  await using stand = await secureStandBefore([`http://127.0.0.1:${port}`]);
  const session = stand.visit();
  if (!session.remoteSettings?.enableConnectProtocol) await once(session, "remoteSettings");
  t.equal(session.remoteSettings.enableConnectProtocol, true);
  const stream = session.request(
    {
      ":method": "CONNECT",
      ":protocol": "websocket",
      ":path": "/chat",
      ":scheme": "https",
      ":authority": `127.0.0.1:${stand.securePort}`,
      "sec-websocket-version": "13",
    },
    { endStream: false },
  );
  const [fields] = (await once(stream, "response")) as [Record<string, unknown>];
  t.match(fields, { ":status": 200, "sec-websocket-accept": undefined, upgrade: undefined });
  // A masked text frame "hi"; the echo comes unmasked (RFC 6455, section 5.2).
  stream.write(Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0x68 ^ 1, 0x69 ^ 2]));
  const [echo] = (await once(stream, "data")) as [Buffer];
  t.same(echo, Buffer.from([0x81, 0x02, 0x68, 0x69]));
  stream.end();
  await once(stream, "close");
  t.equal(stream.rstCode, 0);
  sockets.close();
});

t.test("an origin that does not understand the upgrade", async (t) => {
  await using origin = await sayingAlways(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
  );
  await using stand = await secureStandBefore([origin.url]);
  const session = stand.visit();
  if (!session.remoteSettings?.enableConnectProtocol) await once(session, "remoteSettings");
  const answer = await ask(
    session,
    {
      ":method": "CONNECT",
      ":protocol": "websocket",
      ":path": "/",
      ":scheme": "https",
      ":authority": "127.0.0.1",
    },
    "",
  );
  t.not(answer.status, 200);
});

t.test("CONNECT to anywhere, TRACE, and hosts that are not ours", async (t) => {
  await using origin = await sayingAlways("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  await using stand = await secureStandBefore([origin.url]);
  const session = stand.visit();
  const connect = { ":method": "CONNECT", ":authority": "mail.example:25" };
  t.match(await ask(session, connect), { status: 405 });
  t.match(await ask(session, { ":method": "TRACE", ":path": "/" }), { status: 405 });
  t.match(await ask(session, { ":path": "/", ":authority": "other.example" }), { status: 421 });
  t.match(await ask(session, { ":path": "*", ":method": "OPTIONS" }), { reset: 0 });
  t.equal(origin.connections.length, 0);
});

t.test("drain: what runs is finished, nothing new is taken, event streams are ended", async (t) => {
  await using origin = await rawOrigin(({ received, socket }) => {
    socket.write(
      received.includes("/events")
        ? "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n"
        : "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf ",
    );
  });
  await using stand = await secureStandBefore([origin.url]);
  const session = stand.visit();
  const events = session.request({ ":path": "/events" });
  events.on("error", () => undefined).resume();
  await once(events, "response");
  const slow = session.request({ ":path": "/slow" });
  await once(slow, "response");
  let body = "";
  slow.on("data", (piece: Buffer) => (body += piece.toString()));
  const goaway = once(session, "goaway");
  const drained = stand.edge.drain(60_000);
  const [code] = (await goaway) as [number];
  t.equal(code, constants.NGHTTP2_NO_ERROR);
  const running = origin.connections.find((c) => c.received.includes("/slow"));
  running?.socket.write("whole");
  await once(slow, "close");
  t.equal(body, "half whole");
  t.equal(slow.rstCode, 0);
  await drained;
  t.equal(stand.open(), 0);
});
