/** Visitors are brought to HTTPS where the site wants that (RFC 6797), and the combined log says how they came. */
import { once } from "node:events";
import t from "tap";
import { head, rawOrigin, rawVisitor } from "./data-path-stand.ts";
import { ask, secureStandBefore } from "./secure-stand.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const hsts = { maxAge: 86_400_000, includeSubDomains: true, preload: false };

t.test(
  "plain HTTP is sent to the same place by HTTPS, but for what needs it as it is",
  async (t) => {
    await using origin = await rawOrigin(({ socket }) => void socket.write(OK));
    const https = { redirect: true, port: 8443, hsts };
    await using stand = await secureStandBefore([origin.url], {
      site: { https },
      trustedProxies: ["127.0.0.1"],
    });
    const asked = async (...lines: [string, ...string[]]) => {
      using visitor = rawVisitor(stand.port, head(...lines));
      return await visitor.has(/\r\n\r\n/);
    };
    const byProxy = ["X-Forwarded-For: 203.0.113.7", "X-Forwarded-Proto: https"];
    const sent = await asked("GET /a/b?c=d&e=%2F");
    t.match(sent, /^HTTP\/1\.1 308 Permanent Redirect\r\n/);
    t.match(sent, /\r\nLocation: https:\/\/127\.0\.0\.1:8443\/a\/b\?c=d&e=%2F\r\n/);
    t.notMatch(sent, /strict-transport/i, "by plain HTTP that would count for nothing");
    t.match(await asked("GET //evil.example/"), /Location: https:\/\/127\.0\.0\.1:8443\/\/evil\./);
    t.match(await asked("GET http://127.0.0.1/x"), /Location: https:\/\/127\.0\.0\.1:8443\/x\r\n/);
    t.equal(origin.connections.length, 0);
    t.match(await asked("GET /.well-known/acme-challenge/token"), / 200 OK/);
    t.match(await asked("GET /.warmline/loader.js"), / 200 OK/, "the reserved path");
    t.match(await asked("GET /", ...byProxy), / 200 OK/, "he came by HTTPS");
    const post = rawVisitor(stand.port, head("POST /form", "Content-Length: 4"));
    post.socket.write("a=");
    t.match(await post.has(/\r\n\r\n/), / 308 /);
    post.received = "";
    post.socket.write("bc" + head("GET /next"));
    t.match(
      await post.has(/\r\n\r\n/),
      /^HTTP\/1\.1 308 [^]*\/next\r\n/,
      "what he sent is left out",
    );
    post.socket.destroy();
    const waits = rawVisitor(
      stand.port,
      head("POST /", "Content-Length: 4", "Expect: 100-continue"),
    );
    t.match(await waits.whole(), /^HTTP\/1\.1 308 [^]*connection: close/i);
  },
);

t.test("HSTS: over TLS, in every answer, unless the origin has its own say", async (t) => {
  await using origin = await rawOrigin((c) => {
    const own = c.received.includes("/own") ? "Strict-Transport-Security: max-age=5\r\n" : "";
    c.received = "";
    c.socket.write(`HTTP/1.1 200 OK\r\n${own}Content-Length: 2\r\n\r\nok`);
  });
  const https = { redirect: false, port: 443, hsts };
  await using stand = await secureStandBefore([origin.url], { site: { https } });
  const session = stand.visit();
  const value = "strict-transport-security";
  const ours = "max-age=86400; includeSubDomains";
  t.equal((await ask(session, { ":path": "/" })).headers[value], ours);
  t.equal((await ask(session, { ":path": "/own" })).headers[value], "max-age=5");
  const preloaded = { ...hsts, preload: true };
  await using none = await secureStandBefore(["http://127.0.0.1:1"], {
    site: { https: { ...https, hsts: preloaded } },
  });
  const failed = await ask(none.visit(), { ":path": "/" });
  t.match(failed, { status: 502, headers: { [value]: `${ours}; preload` } });
  using visitor = rawVisitor(stand.port, head("GET /"));
  t.notMatch(await visitor.has(/ok$/), /strict-transport/i, "not by plain HTTP");
  session.close();
  await once(session, "close");
});

t.test(
  "what the combined log says besides: protocol, browser, and whence, without the page",
  async (t) => {
    await using origin = await rawOrigin(({ socket }) => void socket.write(OK));
    await using stand = await secureStandBefore([origin.url], { combinedLog: true });
    const fields = ["User-Agent: one/1", "Referer: https://search.example/find?q=secret"] as const;
    using visitor = rawVisitor(stand.port, head("GET /", ...fields));
    await visitor.has(/ok$/);
    visitor.received = "";
    visitor.socket.write(head("GET /", "Referer: about:secret"));
    await visitor.has(/ok$/);
    await ask(stand.visit(), { ":path": "/", "user-agent": `two/${"2".repeat(2000)}` });
    const [first, second, third] = stand.access.map(({ asked }) => asked);
    const referrer = "https://search.example";
    t.same(first, { protocol: "HTTP/1.1", referrer, agent: "one/1" });
    t.same(second, { protocol: "HTTP/1.1" }, "nothing of the request before");
    t.match(third, { protocol: "HTTP/2.0", agent: /^two\/2+$/ });
    t.equal(third?.agent?.length, 512);
  },
);
