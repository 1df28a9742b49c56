/** WebSocket and other upgrades through the edge. */
import { once } from "node:events";
import { type AddressInfo } from "node:net";
import t from "tap";
import { WebSocket, WebSocketServer } from "ws";
import { until } from "../until.ts";
import { head, rawOrigin, rawVisitor, standBefore } from "./data-path-stand.ts";

const UPGRADE = ["Connection: keep-alive, Upgrade", "Upgrade: x"];
const SWITCH = "HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: x\r\nSet-Cookie: a=1\r\n\r\n";

t.test("a WebSocket of ws, through the second origin", async (t) => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  t.teardown(() => server.close());
  server.on("connection", (socket) => {
    socket.on("message", (message, binary) => socket.send(message as Buffer, { binary }));
  });
  const { port } = server.address() as AddressInfo;
  await using stand = await standBefore(["http://127.0.0.1:1", `http://127.0.0.1:${port}`]);
  const socket = new WebSocket(`ws://127.0.0.1:${stand.port}/chat?x`, ["proto"]);
  await once(socket, "open");
  const big = Buffer.alloc(3_000_000, "b");
  for (const message of [Buffer.from("hello"), big]) {
    socket.send(message);
    const [back] = (await once(socket, "message")) as [Buffer];
    t.ok(back.equals(message));
  }
  socket.close(4001, "enough");
  const [code, reason] = (await once(socket, "close")) as [number, Buffer];
  t.equal(code, 4001);
  t.equal(reason.toString(), "enough");
  await until("the record", () => stand.access.length === 1);
  const [record] = stand.access;
  t.match(record, { site: "shop", method: "GET", path: "/chat", status: 101, address: "127.0.0" });
  t.ok((record?.bytes ?? 0) > big.length);
  t.same(stand.errors, ["connect"]);
});

t.test("what the origin gets, and what the visitor gets, also what was sent ahead", async (t) => {
  await using origin = await rawOrigin((connection) => {
    if (connection.received.endsWith("\r\n\r\n")) connection.socket.write(SWITCH);
    else if (connection.received.endsWith("ahead")) connection.socket.write("first");
  });
  await using stand = await standBefore([origin.url]);
  const fields = [
    ...UPGRADE,
    "Cookie: wl=zzz; b=2",
    "Forwarded: for=6.6.6.6",
    "X-Warmline-Site: f",
  ];
  using visitor = rawVisitor(stand.port, head("GET /a", ...fields) + "ahead");
  const answer = await visitor.has(/first$/);
  t.equal(
    answer,
    "HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: x\r\nSet-Cookie: a=1\r\n\r\nfirst",
  );
  t.equal(
    origin.connections[0]?.received,
    'GET /a HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: x\r\nForwarded: for=127.0.0.1;host="127.0.0.1";proto=http\r\n' +
      "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: 127.0.0.1\r\n" +
      "Host: 127.0.0.1\r\nCookie: b=2\r\n\r\nahead",
  );
});

t.test("any other answer is passed on whole, and nothing behind it is a request", async (t) => {
  for (const [bytes, status] of [
    ["HTTP/1.1 403 No\r\nX-A: b\r\nContent-Length: 2\r\n\r\nno", 403],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n", 200],
    ["HTTP/1.1 000 None\r\nContent-Length: 2\r\n\r\nno", 502],
    ["SSH-2.0\r\n\r\n", 502],
  ] as const) {
    await using origin = await rawOrigin(({ socket }) => socket.end(bytes));
    await using stand = await standBefore([origin.url]);
    using visitor = rawVisitor(stand.port, head("GET /a", ...UPGRADE) + head("GET /behind"));
    const answer = await visitor.whole();
    t.match(answer, new RegExp(`^HTTP/1\\.1 ${status} [^]*connection: close\r\n`, "i"));
    if (status < 500) t.match(answer, /\r\n(\r\nno|\r\n2\r\nno\r\n0\r\n\r\n)$/);
    t.equal(answer.split("HTTP/1.1").length, 2);
    t.equal(origin.connections.length, 1);
    await until("the record", () => stand.access.length === 1);
    t.equal(stand.access[0]?.status, status);
  }
});

t.test("no origin is 502, a silent one 504, a site that is none 421, ambiguity 400", async (t) => {
  await using silent = await rawOrigin(() => undefined);
  const timeouts = { connectMs: 500, responseMs: 300 };
  await using slow = await standBefore([silent.url], { timeouts });
  await using away = await standBefore(["http://127.0.0.1:1"]);
  const ask = async (port: number, bytes = head("GET /", ...UPGRADE)) => {
    using visitor = rawVisitor(port, bytes);
    return (await visitor.whole()).slice(9, 12);
  };
  t.equal(await ask(away.port), "502");
  t.equal(await ask(slow.port), "504");
  t.same(slow.errors, ["timeout"]);
  t.equal(await ask(away.port, head("GET /", ...UPGRADE).replace("127.0.0.1", "other")), "421");
  t.equal(await ask(away.port, head("GET /", "Host: 127.0.0.1", ...UPGRADE)), "400");
});

t.test("an end is passed on while the other side still speaks; a break breaks both", async (t) => {
  await using origin = await rawOrigin(({ received, socket }) => {
    if (received.endsWith("\r\n\r\n")) socket.write(SWITCH);
  });
  await using stand = await standBefore([origin.url], { limits: { stallMs: 1000 } });
  const open = async (n: number) => {
    const visitor = rawVisitor(stand.port, head("GET /", ...UPGRADE));
    await visitor.has(/\r\n\r\n$/);
    const side = await until("the origin's side", () => origin.connections[n]?.socket);
    side.removeAllListeners("end");
    return { visitor, side };
  };
  const first = await open(0);
  first.visitor.socket.end("bye");
  await until("the end", () => first.side.readableEnded);
  first.side.end("and good-bye");
  t.match(await first.visitor.whole(), /and good-bye$/);
  await until("the record", () => stand.access.length === 1);

  const second = await open(1);
  second.visitor.socket.resetAndDestroy();
  await until("the origin to be let go", () => second.side.readableEnded);
  const third = await open(2);
  third.side.resetAndDestroy();
  await third.visitor.whole();
  third.visitor.socket.destroy();
  const fourth = await open(3);
  fourth.side.end();
  await until("the end", () => fourth.visitor.ended);
  await until(
    "a half-open tunnel to be cut",
    () => fourth.visitor.socket.destroyed || stand.access.length === 4,
  );
  t.equal(stand.access.length, 4);
  t.equal(stand.open(), 0);
});

t.test("a visitor who breaks off during the handshake ends nothing but himself", async (t) => {
  await using origin = await rawOrigin(() => undefined);
  await using stand = await standBefore([origin.url]);
  for (let i = 0; i < 5; i++) {
    using visitor = rawVisitor(stand.port, head("GET /", ...UPGRADE));
    const taken = await until("the origin", () => origin.connections[i]);
    visitor.socket.resetAndDestroy();
    await until("the origin to be let go", () => taken.socket.destroyed);
  }
  await until("the records", () => stand.access.length === 5);
  t.same(stand.errors, []);
});
