/** What the edges of all tests have in common: one site, `127.0.0.1`, and nobody who listens to what is counted. */
import { join } from "node:path";
import type { Site } from "../../src/model/site.ts";
import type { EdgeOptions } from "../../src/proxy/edge.ts";
import { openKeyRing } from "../../src/proxy/key-ring.ts";
import type { EdgeMetrics } from "../../src/proxy/ports.ts";

/** Options of an edge before these origins; its keys and sockets are in the directory. */
export function plainEdge(
  directory: string,
  origins: readonly string[],
  more: Partial<Site> = {},
): EdgeOptions {
  return {
    listen: { host: "127.0.0.1", port: 0 },
    reusePort: false,
    sites: [
      {
        name: "shop",
        hosts: ["127.0.0.1"],
        origins,
        firm: "crema",
        country: "DE",
        timeZone: "Europe/Berlin",
        hours: [],
        reservedPath: "/.warmline/",
        excludedPaths: [],
        consent: { undecided: "identified", from: [] },
        engagement: "on",
        ...more,
      },
    ],
    cookie: {
      name: "wl",
      lifetimeMs: 1e10,
      visitGapMs: 1e6,
      keys: openKeyRing(join(directory, "keys")),
    },
    timeouts: { connectMs: 1000, responseMs: 5000 },
    linkPath: join(directory, "link.sock"),
    enginePath: join(directory, "visitors.sock"),
    name: "edge-1",
  };
}

export const silentMetrics: EdgeMetrics = {
  request() {},
  upstreamError() {},
  upstreamRepeat() {},
  origins() {},
  limited() {},
  injected() {},
  injectionSkipped() {},
  hit() {},
  hitsDropped() {},
  cookieRejected() {},
  consentUnreadable() {},
  noise() {},
  noticed() {},
  linkUp() {},
  openConnections() {},
  tlsHandshake() {},
  tlsHandshakeFailed() {},
  http2Abused() {},
};
