import type { Exchange } from "../exchange.ts";
import { endToEnd } from "../fields.ts";
import { EDGE_HEADERS } from "../link/messages.ts";
import { forward } from "../upstream/forward.ts";

/** Requests under the reserved path are the engine's. True when it was one. */
export function toEngine(x: Exchange): boolean {
  const { site, request, visitor, response } = x;
  if (!site || site.engagement === "off" || !request.url?.startsWith(site.reservedPath))
    return false;
  x.fields = [
    ...x.fields,
    EDGE_HEADERS.site,
    site.name,
    EDGE_HEADERS.address,
    x.address,
    EDGE_HEADERS.cookie,
    visitor.cookie,
    EDGE_HEADERS.addressKey,
    visitor.addressKey,
    ...(visitor.visitorId === undefined ? [] : [EDGE_HEADERS.visitorId, visitor.visitorId]),
  ];
  forward(
    x,
    x.edge.engine,
    (answer) => void (answer.fields = endToEnd(answer.fields)),
    () => {
      response.writeHead(503, {
        "Retry-After": "5",
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
      });
      response.end('{"error":"not_available"}\n');
    },
  );
  return true;
}
