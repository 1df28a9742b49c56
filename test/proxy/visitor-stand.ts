/** An edge with engagement on, before an origin that a test writes, and an engine's end of the link. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type t from "tap";
import { Agent, request } from "undici";
import { systemClock } from "../../src/model/clock.ts";
import type { Hit } from "../../src/model/hit.ts";
import type { Site } from "../../src/model/site.ts";
import { startEdge } from "../../src/proxy/edge.ts";
import { listenForEdges } from "../../src/proxy/link/server.ts";
import { until } from "../until.ts";
import { plainEdge, silentMetrics } from "./plain-edge.ts";

export type Tap = Pick<typeof t, "teardown">;
export const LOADER = '<script async src="/.warmline/loader.js"></script>';
export const BROWSER = {
  accept: "text/html,*/*;q=0.8",
  "accept-language": "en",
  "user-agent": "Mozilla/5.0 (Test)",
};
const log = { debug() {}, info() {}, warn() {}, error() {} };

/** Serves the pages of an origin through an edge. `edges`: how many of them share the engine. */
export async function standWith(
  t: Tap,
  origin: RequestListener | string,
  more: { site?: Partial<Site>; edges?: number } = {},
) {
  const directory = mkdtempSync(join(tmpdir(), "visitors-"));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const url = typeof origin === "string" ? origin : await originAt(t, origin);
  const hits: Hit[] = [];
  const shown: string[] = [];
  const sentOn: string[] = [];
  const injected: string[] = [];
  const skipped: string[] = [];
  const rejected: string[] = [];
  const noise: string[] = [];
  const paths: string[] = [];
  const linkPath = join(directory, "link.sock");
  const enginePath = join(directory, "visitors.sock");
  const engine = await listenForEdges(
    linkPath,
    {
      hits: (batch) => void hits.push(...batch),
      shown: (id) => void shown.push(id),
      sentOn: (id) => void sentOn.push(id),
    },
    1e6,
    { clock: systemClock, log },
  );
  const urls: string[] = [];
  for (let i = 0; i < (more.edges ?? 1); i++) {
    const edge = await startEdge(
      {
        ...plainEdge(directory, [url], { excludedPaths: ["/admin"], ...more.site }),
        name: `edge-${i + 1}`,
      },
      {
        clock: systemClock,
        log,
        access: ({ path }) => void paths.push(path),
        metrics: {
          ...silentMetrics,
          injected: (site) => void injected.push(site),
          injectionSkipped: (_, reason) => void skipped.push(reason),
          noise: (_, reason) => void noise.push(reason),
          cookieRejected: (reason) => void rejected.push(reason),
        },
      },
    );
    t.teardown(() => edge[Symbol.asyncDispose]());
    urls.push(`http://127.0.0.1:${edge.address.port}`);
  }
  t.teardown(() => engine[Symbol.asyncDispose]());
  await until("the edges", () => engine.edges() === urls.length);
  const dispatcher = new Agent();
  t.teardown(() => dispatcher.destroy());

  /** Asks the edge as a browser does. */
  async function get(
    path: string,
    headers: Record<string, string> = {},
    {
      method = "GET",
      edge = 0,
      body,
    }: { method?: "GET" | "HEAD" | "POST"; edge?: number; body?: string | Readable } = {},
  ) {
    const answer = await request(`${urls[edge] ?? ""}${path}`, {
      method,
      headers: { ...BROWSER, ...headers },
      ...(body !== undefined && { body }),
      dispatcher,
    });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    const cookie = [answer.headers["set-cookie"]].flat().find((c) => c?.startsWith("wl="));
    return {
      status: answer.statusCode,
      headers: answer.headers,
      bytes,
      text: bytes.toString(),
      cookie: cookie?.split(";")[0],
      setCookie: cookie,
    };
  }
  const url0 = urls[0] ?? "";
  return {
    engine,
    enginePath,
    get,
    url: url0,
    hits,
    shown,
    sentOn,
    injected,
    skipped,
    rejected,
    noise,
    paths,
  };
}

async function originAt(t: Tap, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
