import { randomBytes } from "node:crypto";
import type { ConsentSaid } from "../../model/consent.ts";
import type { Site } from "../../model/site.ts";
import { type ConsentTier, firstVisit, isNews } from "../../model/visitor.ts";
import type { Asked, Exchange } from "../exchange.ts";
import { COOKIE, DNT, SEC_FETCH_DEST, SEC_GPC } from "../http1/names.ts";
import type { RequestHead } from "../http1/request-head.ts";
import { whyNoNavigation, whyUncounted } from "../navigation.ts";
import { isStaff } from "../noise.ts";
import { type Opened, openedBy } from "../opened.ts";
import type { OpenedCookie } from "../visitor-cookie.ts";

/** A cookie is written anew with the first page after so long, or when there is something new to write. */
const FRESH_MS = 30_000;

/** Who asks, and whether for a document. Our cookie is cut out of what goes on. */
export function recognise(x: Exchange, asked: Asked): void {
  const { site, edge } = x;
  if (!site) return;
  const { head } = asked;
  const { known } = x.connection;
  const value = head.has(COOKIE) ? takeCookie(x, asked) : undefined;
  if (site.engagement === "off") {
    x.whyNoNavigation = "disabled";
    return;
  }
  const ours = x.target.startsWith(site.reservedPath);
  // Most requests are for parts of pages, and say so.
  x.whyNoNavigation =
    head.has(SEC_FETCH_DEST) && !head.is(SEC_FETCH_DEST, "document")
      ? "fragment"
      : (whyNoNavigation(site, head, known.agentOf(head), x.secure) ??
        (isStaff(x) ? "staff" : undefined));
  x.navigation = x.method === "GET" && !ours && x.whyNoNavigation === undefined;
  if (ours) x.opened = shownNow(x, site, head);
  if (x.navigation || x.opened) {
    known.languageOf(head);
    x.referrer = x.opened ? x.opened.referrer : known.referrerOf(head);
  }
  const addressKey = x.navigation || ours ? addressKeyOf(x, known.agentOf(head)) : "";
  x.visitor = { cookie: "none", addressKey };
  x.consent = consentOf(x, head);
  const opened =
    value === undefined
      ? undefined
      : known.opened(site.name, value, () => open(x, site.name, value));
  const { visitGapMs, lifetimeMs } = edge.options.cookie;
  const old = opened?.ok ? opened.history : undefined;
  if (x.consent === "none") {
    x.withdrawn = value === undefined ? undefined : (old?.id ?? "");
    return;
  }
  // Who allows no more than a visit to be remembered begins anew with each.
  const keptMs = x.consent === "session" ? visitGapMs : lifetimeMs;
  if (old && opened?.ok && old.lastSeenMs + keptMs > x.startedMs) {
    x.visitor = { cookie: "returned", addressKey, visitorId: old.id };
    // The engine means this cookie only: others may share the address.
    const facts = edge.link.facts(site.name, old.id);
    const news = opened.consent !== x.consent || (facts !== undefined && isNews(old, facts));
    const sinceMs = x.startedMs - old.lastSeenMs;
    x.cookieStays = !news && sinceMs >= 0 && sinceMs < Math.min(FRESH_MS, visitGapMs);
    x.history = known.allowed(old, x.consent);
    x.facts = facts;
    return;
  }
  if (old && x.consent !== "session") edge.metrics.cookieRejected("outdated");
  if (!x.navigation && !x.opened) return;
  const fresh = firstVisit(randomBytes(16).toString("base64url"), x.startedMs);
  x.visitor = { cookie: "issued", addressKey, visitorId: fresh.id };
  x.history = fresh;
}

/** The page that is looked at now, unless nothing counts of who looks, or of the page. */
function shownNow(x: Exchange, site: Site, head: RequestHead): Opened | undefined {
  const { reservedPath } = site;
  const found = openedBy(head, { method: x.method, target: x.target, reservedPath });
  if (!found) return undefined;
  const asked = { method: "GET", target: found.page, get: (name: string) => head.get(name) };
  const why = whyUncounted(site, asked, x.connection.known.agentOf(head), x.secure);
  return why === undefined && !isStaff(x) ? found : undefined;
}

/** What the visitor allows: a refusal by the browser comes before all that the site knows. */
function consentOf({ rules, connection }: Exchange, head: RequestHead): ConsentTier {
  if (refuses(head) || !rules) return "none";
  return connection.known.consent(cookiesIn(head), rules.consent);
}

/** What the visitor has said, at a site whose visitors we ask; nothing to tell at others. */
export function saidOf({ rules }: Exchange, head: RequestHead): ConsentSaid | undefined {
  if (!rules?.decided) return undefined;
  return refuses(head) ? "refused" : (rules.decided(cookiesIn(head)) ?? "undecided");
}

const refuses = (head: RequestHead) => head.is(SEC_GPC, "1") || head.is(DNT, "1");

function cookiesIn(head: RequestHead): string {
  return (head.isRepeated(COOKIE) ? head.all("cookie").join("; ") : head.value(COOKIE)) ?? "";
}

function open({ edge }: Exchange, site: string, value: string): OpenedCookie {
  const opened = edge.cookie.open(site, value);
  if (!opened.ok) edge.metrics.cookieRejected(opened.reason);
  return opened;
}

/** The key of a visitor of whom nothing else is known. */
export function addressKeyOf(x: Exchange, userAgent: string): string {
  const { link } = x.edge;
  return x.connection.known.addressKey(userAgent, link.salt(), () =>
    link.addressKey(x.address, userAgent),
  );
}

/** Cuts our cookie out of every Cookie field; the first value is the visitor's. */
function takeCookie(x: Exchange, { head, edit }: Asked): string | undefined {
  const { name } = x.edge.options.cookie;
  let value: string | undefined;
  for (let i = head.first[COOKIE] as number; i < head.count; i++) {
    if (head.ids[i] !== COOKIE) continue;
    const found = x.connection.known.find(head.valueAt(i), name, x.secure);
    value ??= found.value;
    if (found.alone) edit.cutField(head, i);
    else {
      const start = head.valueStart[i] as number;
      for (let k = 0; k < found.cuts.length; k += 2) {
        edit.cut(start + (found.cuts[k] as number), start + (found.cuts[k + 1] as number));
      }
    }
  }
  return value;
}
