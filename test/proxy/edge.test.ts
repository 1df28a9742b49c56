/** An edge between a client and an origin, with an engine's end of the link. */
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import t from "tap";
import { request } from "undici";
import { systemClock } from "../../src/model/clock.ts";
import type { Hit } from "../../src/model/hit.ts";
import { startEdge } from "../../src/proxy/edge.ts";
import { listenForEdges } from "../../src/proxy/link/server.ts";
import { until } from "../until.ts";
import { plainEdge, silentMetrics } from "./plain-edge.ts";
import { BROWSER } from "./visitor-stand.ts";

const PAGE = "<!doctype html><html><body>Hello</body></html>";
const LOADER = '<script async src="/.warmline/loader.js"></script>';
const log = { debug() {}, info() {}, warn() {}, error() {} };

async function stand(t: Tap, listener: RequestListener) {
  const directory = mkdtempSync(join(tmpdir(), "edge-"));
  const origin = createServer(listener).listen(0, "127.0.0.1");
  await once(origin, "listening");
  const linkPath = join(directory, "link.sock");
  const ups: boolean[] = [];
  const edge = await startEdge(
    {
      ...plainEdge(directory, [`http://127.0.0.1:${(origin.address() as AddressInfo).port}`]),
      timeouts: { connectMs: 1000, responseMs: 2000 },
    },
    {
      clock: systemClock,
      log,
      access() {},
      metrics: { ...silentMetrics, linkUp: (up) => void ups.push(up) },
    },
  );
  t.teardown(async () => {
    await edge[Symbol.asyncDispose]();
    origin.closeAllConnections();
    origin.close();
  });
  return {
    edge,
    linkPath,
    ups,
    port: edge.address.port,
    url: `http://127.0.0.1:${edge.address.port}`,
  };
}
type Tap = Pick<typeof t, "teardown">;

t.test(
  "a page gets the loader and a cookie, a hit reaches the engine, an invitation the next page",
  async (t) => {
    const seen: string[][] = [];
    const { url, linkPath, ups } = await stand(t, (q, a) => {
      seen.push(q.rawHeaders);
      const gzip = q.url === "/gzip";
      const body = gzip ? gzipSync(PAGE) : Buffer.from(PAGE);
      a.writeHead(200, {
        "Content-Type": "text/html",
        "Content-Length": body.length,
        ETag: '"a"',
        "X-Warmline-Site": "forged",
        ...(gzip && { "Content-Encoding": "gzip" }),
      });
      a.end(body);
    });
    const headers = {
      ...BROWSER,
      cookie: "a=1; wl=forged; b=2",
      "x-forwarded-for": "6.6.6.6",
    };
    const first = await request(url, { headers });
    t.equal(await first.body.text(), PAGE + LOADER, "also without an engine");
    t.equal(first.headers["content-length"], String(PAGE.length + LOADER.length));
    t.equal(first.headers.etag, 'W/"a-wl"');
    t.equal(first.headers["x-warmline-site"], undefined);
    t.equal(first.headers["cache-control"], "private");
    const cookie = String(first.headers["set-cookie"]).split(";")[0] ?? "";
    t.match(cookie, /^wl=[\w-]{50,}$/);
    t.ok(seen[0]?.includes("a=1; b=2"), "our cookie is cut out");
    t.notOk(seen[0]?.includes("6.6.6.6"));

    const zipped = await request(`${url}/gzip`, { headers: { ...BROWSER, cookie } });
    const bytes = Buffer.from(await zipped.body.arrayBuffer());
    t.equal(gunzipSync(bytes).toString(), PAGE + LOADER);

    const hits: Hit[] = [];
    const shown: string[] = [];
    const handler = {
      hits: (h: readonly Hit[]) => void hits.push(...h),
      shown: (id: string) => void shown.push(id),
      sentOn() {},
    };
    await using link = await listenForEdges(linkPath, handler, 60_000, { clock: systemClock, log });
    await until("the hits", () => hits.length === 2);
    t.equal(hits[0]?.visitor.cookie, "issued");
    t.equal(hits[1]?.visitor.cookie, "returned");
    t.equal(hits[1]?.visitor.visitorId, hits[0]?.visitor.visitorId);
    t.same(ups, [true]);

    const keys = [hits[1]?.visitor.visitorId ?? ""];
    link.show({
      invitationId: "i",
      site: "shop",
      keys,
      html: "<p>Hi</p>",
      expiresMs: Date.now() + 1e6,
    });
    const invited = await until("the invitation", async () => {
      const page = await request(url, {
        headers: { ...BROWSER, cookie, "if-none-match": "x" },
      });
      return (await page.body.text()).includes("<p>Hi</p>") && page;
    });
    t.equal(invited.headers["cache-control"], "no-store");
    await until("shown", () => shown.length === 1);
  },
);

t.test(
  "an origin that breaks off, ambiguous requests, unknown hosts, the reserved path",
  async (t) => {
    const { url, port } = await stand(t, (_, a) => {
      a.writeHead(200, { "Content-Length": 100 });
      a.write("half", () => a.destroy());
    });
    await t.rejects(request(url).then(({ body }) => body.text()));
    t.equal((await request(url, { headers: { host: "other" } })).statusCode, 421);
    t.equal((await request(`${url}/.warmline/loader.js`)).statusCode, 503);
    for (const lines of [
      "Host: 127.0.0.1\r\nHost: b",
      "Host: 127.0.0.1\r\nTransfer-Encoding: x, chunked",
      "Host: 127.0.0.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
    ]) {
      const socket = connect(port, "127.0.0.1");
      socket.end(`POST / HTTP/1.1\r\n${lines}\r\n\r\n`);
      const [answer] = (await once(socket, "data")) as [Buffer];
      t.match(answer.toString("latin1"), /^HTTP\/1.1 400 /, lines);
    }
  },
);
