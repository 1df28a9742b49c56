import { randomBytes } from "node:crypto";
import { TLSSocket } from "node:tls";
import { firstVisit, seenAgain, withFacts } from "../../model/visitor.ts";
import { cutCookie } from "../cookie-header.ts";
import type { Exchange } from "../exchange.ts";
import { pairs } from "../fields.ts";
import { whyNoNavigation } from "../navigation.ts";

/** Who asks, and whether for a document. Our cookie is cut out of what goes on. */
export function recognise(x: Exchange): void {
  const { request, site, edge } = x;
  if (!site) return;
  const value = takeCookie(x);
  const { headers, method, url = "/" } = request;
  const addressKey = edge.link.addressKey(x.address, headers["user-agent"] ?? "");
  x.visitor = { cookie: "none", addressKey };
  x.navigation =
    method === "GET" &&
    !url.startsWith(site.reservedPath) &&
    whyNoNavigation(site, request) === undefined;
  if (site.engagement === "off" || headers["sec-gpc"] === "1" || headers["dnt"] === "1") return;

  const opened = value === undefined ? undefined : edge.cookie.open(site.name, value);
  if (opened && !opened.ok) edge.metrics.cookieRejected(opened.reason);
  const { visitGapMs, lifetimeMs } = edge.options.cookie;
  const old = opened?.ok ? opened.history : undefined;
  if (old && old.lastSeenMs + lifetimeMs > x.startedMs) {
    x.visitor = { cookie: "returned", addressKey, visitorId: old.id };
    // The engine means this cookie only: others may share the address.
    const facts = edge.link.facts(site.name, old.id);
    const history = seenAgain(old, x.startedMs, visitGapMs);
    x.history = facts ? withFacts(history, facts) : history;
    return;
  }
  if (old) edge.metrics.cookieRejected("outdated");
  if (!x.navigation) return;
  const fresh = firstVisit(randomBytes(16).toString("base64url"), x.startedMs);
  x.visitor = { cookie: "issued", addressKey, visitorId: fresh.id };
  x.history = fresh;
}

/** Whether the visitor came by https. */
export const isSecure = ({ request }: Exchange) => request.socket instanceof TLSSocket;

/** Cuts our cookie out of every Cookie field; the first value is the visitor's. */
function takeCookie(x: Exchange): string | undefined {
  let value: string | undefined;
  x.fields = [...pairs(x.fields)].flatMap(([name, text, lower]) => {
    if (lower !== "cookie") return [name, text];
    const cut = cutCookie(text, x.edge.options.cookie.name, isSecure(x));
    value ??= cut.value;
    return cut.rest === undefined ? [] : [name, cut.rest];
  });
  return value;
}
