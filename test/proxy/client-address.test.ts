/** Who asks, when proxies stand in front of the edge. */
import t from "tap";
import { head, rawOrigin, rawVisitor, standBefore } from "./data-path-stand.ts";

/** An origin that answers with who asks, as it was told. */
const telling = () =>
  rawOrigin((connection) => {
    if (!connection.received.endsWith("\r\n\r\n")) return;
    const told = [
      /^x-forwarded-for: (.*)$/im.exec(connection.received)?.[1],
      /^x-forwarded-proto: (.*)$/im.exec(connection.received)?.[1],
    ].join(" ");
    connection.received = "";
    const fields = `Content-Type: text/html\r\nContent-Length: ${told.length}`;
    connection.socket.write(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${told}`);
  });

t.test("a trusted proxy's word counts, for each request of its connection", async (t) => {
  await using origin = await telling();
  await using stand = await standBefore([origin.url], { trustedProxies: ["127.0.0.0/8"] });
  using proxy = rawVisitor(stand.port, head("GET /", "X-Forwarded-For: 6.6.6.6, 203.0.113.9"));
  await proxy.has(/203\.0\.113\.9 http$/);
  proxy.socket.write(head("GET /", "Forwarded: for=198.51.100.7;proto=https", "Connection: close"));
  t.match(await proxy.whole(), /198\.51\.100\.7 https$/);
  t.same(
    stand.access.map(({ address }) => address),
    ["203.0.113", "198.51.100"],
  );
});

t.test("behind https the cookie is a secure one", async (t) => {
  await using origin = await telling();
  const options = { trustedProxies: ["127.0.0.1"], engagement: "on" } as const;
  await using stand = await standBefore([origin.url], options);
  const page = [
    "Accept: text/html",
    "Accept-Language: en",
    "User-Agent: Mozilla/5.0",
    "X-Forwarded-For: 203.0.113.9",
    "Connection: close",
  ];
  using secure = rawVisitor(stand.port, head("GET /", "X-Forwarded-Proto: https", ...page));
  t.match(await secure.whole(), /^Set-Cookie: __Host-wl=.*; Secure\r$/m);
  using plain = rawVisitor(stand.port, head("GET /", ...page));
  t.match(await plain.whole(), /^Set-Cookie: wl=/m);
});

t.test("nobody else's word counts", async (t) => {
  await using origin = await telling();
  await using stand = await standBefore([origin.url], { trustedProxies: ["10.0.0.0/8"] });
  const forged = ["X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "Connection: close"];
  using visitor = rawVisitor(stand.port, head("GET /", ...forged));
  t.match(await visitor.whole(), /127\.0\.0\.1 http$/);
});

t.test("the PROXY protocol, in pieces, with a request behind it", async (t) => {
  await using origin = await telling();
  const options = { trustedProxies: ["127.0.0.1"], proxyProtocol: true };
  await using stand = await standBefore([origin.url], options);
  const preamble = "PROXY TCP4 203.0.113.9 127.0.0.1 4711 80\r\n";
  using first = rawVisitor(stand.port, preamble + head("GET /"));
  await first.has(/203\.0\.113\.9 http$/);
  first.socket.write(head("GET /", "Connection: close"));
  t.match(await first.whole(), /203\.0\.113\.9 http$/, "for the whole connection");
  using slow = rawVisitor(stand.port);
  slow.socket.setNoDelay(true);
  for (const piece of preamble) slow.socket.write(piece);
  slow.socket.write(head("GET /", "Connection: close"));
  t.match(await slow.whole(), /203\.0\.113\.9 http$/);
  using itself = rawVisitor(stand.port, `PROXY UNKNOWN\r\n${head("GET /", "Connection: close")}`);
  t.match(await itself.whole(), /127\.0\.0\.1 http$/);
});

t.test("without it, too slowly, or from elsewhere: closed", async (t) => {
  await using origin = await telling();
  const options = { proxyProtocol: true, limits: { headMs: 200 } };
  await using stand = await standBefore([origin.url], {
    ...options,
    trustedProxies: ["127.0.0.1"],
  });
  using none = rawVisitor(stand.port, head("GET /"));
  t.equal(await none.whole(), "");
  using silent = rawVisitor(stand.port, "PROXY ");
  t.equal(await silent.whole(), "");
  await using strict = await standBefore([origin.url], {
    ...options,
    trustedProxies: ["10.0.0.1"],
  });
  using stranger = rawVisitor(strict.port, `PROXY UNKNOWN\r\n${head("GET /")}`);
  t.equal(await stranger.whole(), "");
  t.equal(origin.connections.length, 0);
});
