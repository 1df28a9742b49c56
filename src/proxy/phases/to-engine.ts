import type { Asked, Exchange } from "../exchange.ts";
import { EDGE_HEADERS } from "../link/messages.ts";
import { saidOf } from "./recognise.ts";

/** Requests under the reserved path are the engine's: true when it is one, and made ready for it. */
export function toEngine(x: Exchange, { head, edit }: Asked): boolean {
  const { site, visitor, edge } = x;
  if (!site || site.engagement === "off" || !x.target.startsWith(site.reservedPath)) return false;
  edit.addField(EDGE_HEADERS.site, site.name);
  edit.addField(EDGE_HEADERS.address, x.address);
  edit.addField(EDGE_HEADERS.cookie, visitor.cookie);
  edit.addField(EDGE_HEADERS.addressKey, visitor.addressKey);
  if (visitor.visitorId !== undefined) edit.addField(EDGE_HEADERS.visitorId, visitor.visitorId);
  const said = saidOf(x, head);
  if (said !== undefined) edit.addField(EDGE_HEADERS.consent, said);
  x.upstream = edge.engine;
  return true;
}
