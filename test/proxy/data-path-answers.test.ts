/** What origins may send, and what a visitor then gets. */
import t from "tap";
import { until } from "../until.ts";
import { head, rawOrigin, rawVisitor, sayingAlways, standBefore } from "./data-path-stand.ts";

const GET = head("GET /a", "Connection: close");

for (const [what, bytes, status] of [
  ["status 000", "HTTP/1.1 000 None\r\nContent-Length: 0\r\n\r\n", 502],
  ["status 099", "HTTP/1.1 099 None\r\nContent-Length: 0\r\n\r\n", 502],
  ["status 1000", "HTTP/1.1 1000 None\r\nContent-Length: 0\r\n\r\n", 502],
  ["a control byte in a value", "HTTP/1.1 200 OK\r\nA: \x01\r\nContent-Length: 0\r\n\r\n", 502],
  ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", 502],
  ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 502],
  [
    "101 that nobody asked for",
    "HTTP/1.1 101 Go\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    502,
  ],
  ["a control byte in the reason", "HTTP/1.1 200 O\x01K\r\nContent-Length: 2\r\n\r\nok", 200],
  ["a reason in UTF-8", "HTTP/1.1 200 \xe2\x82\xac\r\nContent-Length: 2\r\n\r\nok", 200],
  ["no reason", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 200],
  ["status 999", "HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nok", 999],
  [
    "103 first",
    "HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    200,
  ],
  [
    "trailers",
    "HTTP/1.1 200 OK\r\nTrailer: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx: y\r\n\r\n",
    200,
  ],
] as const) {
  t.test(`${what}: ${status}`, async (t) => {
    await using origin = await sayingAlways(bytes, true);
    await using stand = await standBefore([origin.url]);
    using visitor = rawVisitor(stand.port, GET);
    const answer = await visitor.whole();
    const final = answer.replace(/^HTTP\/1\.1 103 Early\r\nLink: <\/a>\r\n\r\n/, "");
    t.equal(final !== answer, what === "103 first");
    t.equal(Number(final.slice(9, 12)), status, answer.slice(0, 80));
    if (status === 200) t.match(final, /ok(\r\n0\r\n(x: y\r\n)?\r\n)?$/);
    t.notOk(final.includes("\x01"), "a reason that cannot be sent on is left out");
    t.equal(/^trailer: x\r\n[^]*\r\nx: y\r\n\r\n$/im.test(final), what === "trailers");
  });
}

t.test("the edge goes on after all that", async (t) => {
  await using origin = await sayingAlways("HTTP/1.1 099 None\r\nContent-Length: 0\r\n\r\n");
  await using stand = await standBefore([origin.url]);
  for (let i = 0; i < 5; i++) {
    using visitor = rawVisitor(stand.port, GET);
    t.match(await visitor.whole(), /^HTTP\/1\.1 502 Bad Gateway\r\n/);
  }
});

t.test("fields keep their order, spelling and repetitions; fields of one hop go", async (t) => {
  await using origin = await sayingAlways(
    "HTTP/1.1 200 OK\r\nX-B: 2\r\nset-Cookie: a=1\r\nX-A: caf\xe9\r\nSet-Cookie: b=2\r\nConnection: X-Hop\r\nX-Hop: 1\r\n" +
      "Keep-Alive: timeout=9\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nX-Warmline-Site: forged\r\nContent-Length: 2\r\n\r\nok",
  );
  await using stand = await standBefore([origin.url]);
  using visitor = rawVisitor(stand.port, GET);
  t.equal(
    await visitor.whole(),
    "HTTP/1.1 200 OK\r\nConnection: close\r\nX-B: 2\r\nset-Cookie: a=1\r\nX-A: caf\xe9\r\nSet-Cookie: b=2\r\n" +
      "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 2\r\n\r\nok",
  );
});

t.test("answers without a body do not wait for one", async (t) => {
  for (const [line, status, length] of [
    ["GET", "304 Not Modified", true],
    ["GET", "204 No Content", false],
    ["HEAD", "200 OK", true],
  ] as const) {
    await using origin = await sayingAlways(`HTTP/1.1 ${status}\r\nContent-Length: 100\r\n\r\n`);
    await using stand = await standBefore([origin.url]);
    using visitor = rawVisitor(stand.port, head(`${line} /`));
    await visitor.has(/\r\n\r\n/);
    // The connection is whole: the next request on it is answered too.
    visitor.received = "";
    visitor.socket.write(head(`${line} /`, "Connection: close"));
    const answer = await visitor.whole();
    t.match(answer, `HTTP/1.1 ${status}\r\n`);
    t.equal(/content-length: 100/i.test(answer), length, status);
    t.match(answer, /\r\n\r\n$/);
    t.same(stand.errors, []);
  }
});

for (const [how, bytes] of [
  ["Content-Length", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"],
  ["chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"],
] as const) {
  t.test(`an answer cut off (${how}) stays cut off`, async (t) => {
    await using origin = await sayingAlways(bytes, true);
    await using stand = await standBefore([origin.url]);
    using visitor = rawVisitor(stand.port, head("GET /"));
    const answer = await visitor.whole();
    t.match(answer, /half/);
    t.notMatch(answer, /\r\n0\r\n/);
    t.same(stand.errors, ["broken"]);

    using old = rawVisitor(stand.port, "GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
    await old.whole();
    t.equal(old.ended, "reset", "where an end would look like the answer's own");
  });
}

t.test("no answer in time is 504, none at all 502", async (t) => {
  await using silent = await rawOrigin(() => undefined);
  await using closing = await rawOrigin(({ socket }) => socket.destroy());
  const timeouts = { connectMs: 300, responseMs: 300 };
  await using slow = await standBefore([silent.url], { timeouts });
  await using broken = await standBefore([closing.url], { timeouts });
  await using refused = await standBefore(["http://127.0.0.1:1"], { timeouts });
  const statusOf = async (port: number) => {
    using visitor = rawVisitor(port, GET);
    return (await visitor.whole()).slice(0, 12);
  };
  t.equal(await statusOf(slow.port), "HTTP/1.1 504");
  t.same(slow.errors, ["timeout"]);
  t.equal(await statusOf(broken.port), "HTTP/1.1 502");
  t.equal(closing.connections.length, 2, "asked once more on a new connection");
  t.equal(await statusOf(refused.port), "HTTP/1.1 502");
  t.same(refused.errors, ["connect"]);
});

t.test("a body that stands still is cut, an event stream is not", async (t) => {
  await using origin = await rawOrigin(({ received, socket }) => {
    const type = received.includes("/events") ? "text/event-stream" : "text/plain";
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n\r\nfirst`);
  });
  await using stand = await standBefore([origin.url], { limits: { stallMs: 200 } });
  using events = rawVisitor(stand.port, head("GET /events"));
  await events.has(/first/);
  using text = rawVisitor(stand.port, head("GET /text"));
  t.match(await text.whole(), /first/);
  t.notMatch(text.received, /\r\n0\r\n/);
  t.equal(events.ended, undefined);
  origin.connections[0]?.socket.write("second");
  await events.has(/second/);
  text.socket.destroy();
  await until("the origin to be let go", () => origin.connections[1]?.socket.destroyed);
});
