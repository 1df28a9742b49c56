import { randomInt } from "node:crypto";
import { NOTHING_KEPT } from "../model/consent.ts";
import type { HttpsRules, Site, SiteLimits } from "../model/site.ts";
import { type Networks, networksOf } from "./client/networks.ts";
import { RateTable } from "./client/rate-table.ts";
import {
  type ConsentReader,
  consentReader,
  type DecisionReader,
  decisionReader,
} from "./consent/reader.ts";
import { loggedQuery } from "./logged-query.ts";
import { createWatcher, type Watcher } from "./notice/watcher.ts";
import type { EdgeMetrics } from "./ports.ts";

/** What a site's configuration asks for, made ready once. What it does not ask for is not there, and costs nothing. */
export interface SiteRules {
  readonly consent: ConsentReader;
  /** Only of a site whose visitors we ask. */
  readonly decided: DecisionReader | undefined;
  readonly watcher: Watcher | undefined;
  readonly staff: Networks | undefined;
  readonly limits: ClientLimits | undefined;
  /** What stands behind the host in HTTPS: nothing, or a port. */
  readonly redirect: "" | `:${number}` | undefined;
  /** The value of Strict-Transport-Security (RFC 6797, section 6.1). */
  readonly hsts: string | undefined;
  /** As much of a target's query as may be logged; undefined when that is nothing. */
  readonly logged: ((target: string) => string | undefined) | undefined;
}

/** What one client may do. */
export interface ClientLimits {
  readonly rate: RateTable | undefined;
  /** Bytes of a request's body. */
  readonly body: number | undefined;
}

/** Makes a site's rules ready. */
export function siteRules(site: Site, metrics: Pick<EdgeMetrics, "consentUnreadable">): SiteRules {
  const { consent = NOTHING_KEPT, name, engagement, notice = [], staff = [] } = site;
  const decided = decisionReader(consent, () => metrics.consentUnreadable(name));
  return {
    consent: consentReader(consent, decided),
    decided: consent.ask && decided,
    watcher: engagement === "on" && notice.length > 0 ? createWatcher(notice) : undefined,
    staff: staff.length > 0 ? networksOf(staff) : undefined,
    limits: clientLimits(site.limits ?? {}),
    redirect: site.https?.redirect ? portOf(site.https) : undefined,
    hsts: site.https?.hsts && hstsOf(site.https.hsts),
    logged: site.logged && loggedQuery(site.logged),
  };
}

const portOf = ({ port }: HttpsRules) => (port === 443 ? "" : (`:${port}` as const));

function hstsOf({ maxAge, includeSubDomains, preload }: Required<HttpsRules>["hsts"]): string {
  const [subdomains, list] = [includeSubDomains && "; includeSubDomains", preload && "; preload"];
  return `max-age=${Math.floor(maxAge / 1000)}${subdomains || ""}${list || ""}`;
}

function clientLimits({ rate, body }: SiteLimits): ClientLimits | undefined {
  if (!rate && body === undefined) return undefined;
  return { rate: rate && new RateTable(rate, randomInt(2 ** 32)), body };
}
