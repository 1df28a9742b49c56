/** What visitors may send, and what an origin then gets. */
import t from "tap";
import { until } from "../until.ts";
import { head, rawOrigin, rawVisitor, sayingAlways, standBefore } from "./data-path-stand.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

t.test("requests sent one behind the other are answered in their order", async (t) => {
  await using origin = await rawOrigin((connection) => {
    const path = / (\/\w*) /.exec(connection.received)?.[1] ?? "";
    connection.received = "";
    const body = `[${path}]`;
    const answer = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    // The first is the slowest.
    if (path === "/a") setTimeout(() => connection.socket.write(answer), 100);
    else connection.socket.write(answer);
  });
  await using stand = await standBefore([origin.url]);
  const close = head("GET /c", "Connection: close");
  using visitor = rawVisitor(stand.port, head("GET /a") + head("GET /b") + close);
  const answer = await visitor.whole();
  t.same(answer.match(/\[\/\w\]/g), ["[/a]", "[/b]", "[/c]"]);
});

t.test(
  "fields of one hop, forged ones and our cookie stay here; the rest goes as it is",
  async (t) => {
    await using origin = await rawOrigin(({ socket }) => socket.end(OK));
    await using stand = await standBefore([origin.url], { engagement: "on" });
    using visitor = rawVisitor(
      stand.port,
      head(
        "GET /",
        "X-b: 1",
        "Cookie: a=1; wl=zzz; b=2",
        "x-B: 2",
        "Connection: close, X-Hop",
        "X-Hop: 1",
        "TE: trailers",
        "Proxy-Authorization: x",
        "X-Forwarded-For: 6.6.6.6",
        "Forwarded: for=6.6.6.6",
        "X-Warmline-Site: forged",
        "Content-Length: 0",
      ),
    );
    await visitor.whole();
    const lines = origin.connections[0]?.received.split("\r\n") ?? [];
    t.same(
      lines.filter((line) => !/^(host|connection|content-length):/i.test(line)),
      [
        "GET / HTTP/1.1",
        'Forwarded: for=127.0.0.1;host="127.0.0.1";proto=http',
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Proto: http",
        "X-Forwarded-Host: 127.0.0.1",
        "X-b: 1",
        "Cookie: a=1; b=2",
        "x-B: 2",
        "",
        "",
      ],
    );
  },
);

t.test("what browsers and programs say goes to the origin as they say it", async (t) => {
  const said = [
    "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
    "Accept-Charset: utf-8",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Accept-Language: de-CH,de;q=0.9,en;q=0.8",
    "Authorization: Basic eDp5",
    "Cache-Control: max-age=0",
    "Content-Disposition: form-data",
    "Content-Encoding: identity",
    "Content-Type: text/plain",
    "Cookie: a=1; b=2",
    "Date: Sun, 06 Nov 1994 08:49:37 GMT",
    "DNT: 1",
    "If-Match: *",
    'If-None-Match: "a"',
    "Origin: http://127.0.0.1",
    "Pragma: no-cache",
    "Priority: u=0, i",
    "Range: bytes=0-",
    "Referer: http://127.0.0.1/before?a=b",
    "Sec-CH-UA-Mobile: ?0",
    "Sec-Fetch-Dest: document",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Site: same-origin",
    "Sec-GPC: 1",
    "Set-Cookie: odd=1",
    "Upgrade-Insecure-Requests: 1",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64)",
    "X-Requested-With: XMLHttpRequest",
  ];
  await using origin = await rawOrigin(({ socket }) => socket.end(OK));
  await using stand = await standBefore([origin.url]);
  using visitor = rawVisitor(stand.port, head("GET /", ...said, "Connection: close"));
  await visitor.whole();
  const lines = origin.connections[0]?.received.split("\r\n") ?? [];
  t.same(
    lines.filter((line) => said.includes(line)),
    said,
  );
});

t.test("a body is asked for when an origin is there to take it", async (t) => {
  await using origin = await rawOrigin(({ received, socket }) => {
    if (received.endsWith("body")) socket.end(OK);
  });
  const expecting = head("POST /", "Content-Length: 4", "Expect: 100-continue");
  await using stand = await standBefore([origin.url]);
  using visitor = rawVisitor(stand.port, expecting);
  await visitor.has(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
  visitor.socket.write("body");
  await visitor.has(/HTTP\/1\.1 200 OK/);

  await using without = await standBefore(["http://127.0.0.1:1"]);
  using refused = rawVisitor(without.port, expecting);
  t.match(await refused.whole(), /^HTTP\/1\.1 502 [^]*connection: close/i);
});

t.test("who leaves takes his request with him", async (t) => {
  await using origin = await rawOrigin(({ received, socket }) => {
    if (received.includes("/half"))
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
  });
  await using stand = await standBefore([origin.url]);
  for (const bytes of [
    head("GET /silent"),
    head("GET /half"),
    head("POST /length", "Content-Length: 100") + "some",
    head("POST /chunked", "Transfer-Encoding: chunked") + "4\r\nsome\r\n",
  ]) {
    using visitor = rawVisitor(stand.port, bytes);
    const line = bytes.split("\r\n", 1)[0] ?? "";
    const taken = await until(line, () =>
      origin.connections.find(({ received }) => received.startsWith(line)),
    );
    if (bytes.includes("/half")) await visitor.has(/half/);
    visitor.socket.resetAndDestroy();
    await until("the origin's connection to go", () => taken.socket.destroyed, 1000);
  }
  await until("each to be recorded", () => stand.access.length === 4);
  t.same(stand.errors, [], "that is no fault of the origin");
  using visitor = rawVisitor(stand.port, head("GET /half", "Connection: close"));
  await visitor.has(/half/);
});

t.test("an answer may come before the end of an upload, and the connection goes on", async (t) => {
  await using origin = await rawOrigin(({ received, socket }) => {
    if (received.includes("/next")) socket.end(OK);
    else socket.write("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
  });
  await using stand = await standBefore([origin.url]);
  using visitor = rawVisitor(stand.port, head("POST /", "Content-Length: 2000000") + "x");
  await visitor.has(/^HTTP\/1\.1 413 [^]*no$/);
  visitor.socket.write("x".repeat(1_999_999));
  visitor.socket.write(head("GET /next", "Connection: close"));
  t.match(await visitor.whole(), /HTTP\/1\.1 200 OK/);
});

t.test("an upload that stands still is cut", async (t) => {
  await using origin = await rawOrigin(() => undefined);
  await using stand = await standBefore([origin.url], { limits: { stallMs: 200 } });
  using visitor = rawVisitor(stand.port, head("POST /", "Content-Length: 100") + "some");
  t.match(await visitor.whole(), /^HTTP\/1\.1 408 /);
  await until("the origin to be let go", () => origin.connections[0]?.socket.destroyed);
  t.same(stand.errors, []);
});

t.test("a head that does not come, and an idle connection, are closed", async (t) => {
  await using origin = await sayingAlways(OK);
  await using stand = await standBefore([origin.url], { limits: { headMs: 200, idleMs: 300 } });
  using silent = rawVisitor(stand.port);
  using slow = rawVisitor(stand.port, "GET / HTTP/1.1\r\nHost:");
  using idle = rawVisitor(stand.port, head("GET /"));
  await idle.has(/ok$/);
  await silent.whole();
  t.match(await slow.whole(), /^HTTP\/1\.1 408 /);
  await idle.whole();
  await until("all to be gone", () => stand.open() === 0);
});

t.test("more connections than the limit are closed at once", async (t) => {
  await using origin = await sayingAlways(OK);
  await using stand = await standBefore([origin.url], { limits: { connections: 2 } });
  using first = rawVisitor(stand.port, head("GET /"));
  using second = rawVisitor(stand.port, head("GET /"));
  await first.has(/ok$/);
  await second.has(/ok$/);
  using third = rawVisitor(stand.port, head("GET /"));
  t.equal(await third.whole(), "");
  first.socket.write(head("GET /"));
  await first.has(/ok[^]+ok$/);
});
