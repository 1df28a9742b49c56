import { randomBytes } from "node:crypto";
import { firstVisit, seenAgain, withFacts } from "../../model/visitor.ts";
import { cutCookie } from "../cookie-header.ts";
import { type Exchange, keysOf } from "../exchange.ts";
import { pairs } from "../fields.ts";

const BOT =
  /bot\b|crawl|spider|slurp|curl\/|wget\/|python-requests|headlesschrome-lighthouse|facebookexternalhit|monitor/i;

/** Who asks, and whether for a document. Our cookie is cut out of what goes on. */
export function recognise(x: Exchange): void {
  const { request, site, edge } = x;
  if (!site) return;
  const { headers } = request;
  let value: string | undefined;
  const kept: string[] = [];
  for (const [name, text, lower] of pairs(x.fields)) {
    if (lower !== "cookie") {
      kept.push(name, text);
      continue;
    }
    const cut = cutCookie(text, edge.options.cookie.name);
    value ??= cut.value;
    if (cut.rest !== undefined) kept.push(name, cut.rest);
  }
  x.fields = kept;
  const agent = headers["user-agent"] ?? "";
  const path = request.url ?? "/";
  x.visitor = { cookie: "none", addressKey: edge.link.addressKey(x.address, agent) };
  const counts =
    site.engagement === "on" &&
    !BOT.test(agent) &&
    !site.excludedPaths.some((p) => path.startsWith(p));
  x.navigation = counts && !path.startsWith(site.reservedPath) && navigates(x);
  if (site.engagement === "off" || headers["sec-gpc"] === "1" || headers["dnt"] === "1") return;

  const opened = value === undefined ? undefined : edge.cookie.open(site.name, value);
  if (opened && !opened.ok) edge.metrics.cookieRejected(opened.reason);
  const { visitGapMs, lifetimeMs } = edge.options.cookie;
  const old = opened?.ok ? opened.history : undefined;
  if (old && old.lastSeenMs + lifetimeMs > x.startedMs) {
    x.visitor = { ...x.visitor, cookie: "returned", visitorId: old.id };
    x.history = seenAgain(old, x.startedMs, visitGapMs);
  } else if (x.navigation) {
    const fresh = firstVisit(randomBytes(16).toString("base64url"), x.startedMs);
    x.visitor = { ...x.visitor, cookie: "issued", visitorId: fresh.id };
    x.history = fresh;
    if (old) edge.metrics.cookieRejected("outdated");
  }
  const facts = x.history && edge.link.facts(site.name, keysOf(x));
  if (x.history && facts) x.history = withFacts(x.history, facts);
}

function navigates({ request: { method, headers } }: Exchange): boolean {
  if (method !== "GET") return false;
  if (/prefetch/.test(`${String(headers["sec-purpose"])} ${String(headers["purpose"])}`))
    return false;
  if (headers["hx-request"] !== undefined || headers["x-requested-with"] === "XMLHttpRequest")
    return false;
  const destination = headers["sec-fetch-dest"];
  return destination === undefined
    ? /text\/html/.test(headers.accept ?? "")
    : destination === "document";
}
