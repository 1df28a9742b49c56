/** A visit by HTTPS, in a real browser and with curl: invitations, the visitor cookie, event stream and WebSocket over HTTP/2. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import t from "tap";
import { WebSocketServer } from "ws";
import { openBrowser } from "./browser.ts";
import { startGateway } from "./gateway.ts";
import { startNginx } from "./nginx.ts";
import { cookieOfTwoDaysAgo, invite, logIn } from "./people.ts";

/** A site with a page, and a WebSocket that says everything again. */
async function startOrigin() {
  const cookies: string[] = [];
  const server = createServer((request, response) => {
    cookies.push(request.headers.cookie ?? "");
    if (request.url !== "/") response.writeHead(204).end();
    else {
      response.writeHead(200, { "Content-Type": "text/html" });
      response.end(
        "<!doctype html><html><head><title>Shop</title></head><body>Hello</body></html>",
      );
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => {
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cookies,
    async [Symbol.asyncDispose]() {
      sockets.close();
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

t.test("a visitor by HTTPS is noticed and invited, and everything goes over HTTP/2", async (t) => {
  await using origin = await startOrigin();
  await using gateway = await startGateway(origin.url);
  await using agent = await openBrowser();
  await using visitor = await openBrowser({ ignoreHTTPSErrors: true });
  const { page, context } = visitor;
  await logIn(agent, gateway);
  const value = cookieOfTwoDaysAgo(gateway);
  const secure = { httpOnly: true, secure: true, url: gateway.secureSite };
  await context.addCookies([{ name: "__Host-warmline", value, ...secure }]);

  await page.goto(gateway.secureSite);
  await invite(agent.page);
  await page.getByRole("heading", { name: "Hello, my name is Anna." }).waitFor();
  const protocols = await page.evaluate(
    `performance.getEntries().filter((e) => e.nextHopProtocol).map((e) => e.nextHopProtocol)`,
  );
  t.same([...new Set(protocols as string[])], ["h2"]);
  const cookie = (await context.cookies()).find((c) => c.name.endsWith("warmline"));
  t.match(cookie, { name: "__Host-warmline", secure: true, httpOnly: true, path: "/" });
  t.not(cookie?.value, value, "brought up to date");
  t.ok(origin.cookies.length > 0);
  t.same(
    origin.cookies.filter((c) => c.includes("warmline")),
    [],
    "the origin does not see it",
  );

  const echo = await page.evaluate(`new Promise((resolve, reject) => {
    const socket = new WebSocket("wss://" + location.host + "/echo");
    socket.onopen = () => socket.send("hello ".repeat(20000));
    socket.onmessage = (event) => resolve(event.data.length);
    socket.onerror = () => reject(new Error("no WebSocket"));
  })`);
  t.equal(echo, 120_000);
  t.same(visitor.complaints, []);
  t.ok((await gateway.metric("warmline_tls_handshakes_total", 'version="TLSv1.3"')) > 0);
  const ends = await gateway.metric("warmline_tls_certificate_not_after_timestamp_seconds");
  t.ok(ends > Date.now() / 1000 + 300 * 86_400, "the certificate made at the first start");
});

t.test("curl, by each version of HTTP and of TLS", async (t) => {
  await using origin = await startNginx();
  await using gateway = await startGateway(origin.url);
  for (const [options, said] of [
    [["--http2"], "2 200"],
    [["--http1.1"], "1.1 200"],
    [["--http2", "--tls-max", "1.2"], "2 200"],
    [["--http1.1", "--tlsv1.3"], "1.1 200"],
    [["--tls-max", "1.1"], "0 000"],
  ] as const) {
    const asked = ["-sk", "-o", "/dev/null", "-w", "%{http_version} %{http_code}", ...options];
    const { stdout } = spawnSync("curl", [...asked, gateway.secureSite], { encoding: "utf8" });
    t.equal(stdout, said, options.join(" "));
  }
});
