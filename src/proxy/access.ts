import type { Exchange } from "./exchange.ts";

/** Counts and records one request, at its end. */
export function recordAccess(x: Exchange): void {
  const { edge, connection, status } = x;
  const durationMs = edge.clock.nowMs() - x.startedMs;
  const site = x.site?.name ?? "";
  const endless = x.endless || status === 101;
  // How long somebody keeps a stream or a tunnel open says nothing about how fast pages are.
  edge.metrics.request(site, x.method, status, endless ? undefined : durationMs / 1000);
  const query = x.target.indexOf("?");
  edge.access({
    atMs: x.startedMs,
    site,
    method: x.method,
    path: query < 0 ? x.target : x.target.slice(0, query),
    status,
    bytes: connection.wire.bytesWritten - x.writtenBefore,
    durationMs,
    address: connection.known.shortAddress,
  });
}
