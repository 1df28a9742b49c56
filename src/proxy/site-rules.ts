import { randomInt } from "node:crypto";
import type { Site, SiteLimits } from "../model/site.ts";
import { type Networks, networksOf } from "./client/networks.ts";
import { RateTable } from "./client/rate-table.ts";
import { type ConsentReader, consentReader } from "./consent/reader.ts";
import { createWatcher, type Watcher } from "./notice/watcher.ts";
import type { EdgeMetrics } from "./ports.ts";

/** What a site's configuration asks for, made ready once. What it does not ask for is not there, and costs nothing. */
export interface SiteRules {
  readonly consent: ConsentReader | undefined;
  readonly watcher: Watcher | undefined;
  readonly staff: Networks | undefined;
  readonly limits: ClientLimits | undefined;
}

/** What one client may do. */
export interface ClientLimits {
  readonly rate: RateTable | undefined;
  /** Bytes of a request's body. */
  readonly body: number | undefined;
}

/** Makes a site's rules ready. */
export function siteRules(site: Site, metrics: Pick<EdgeMetrics, "consentUnreadable">): SiteRules {
  const { consent, name, engagement, notice = [], staff = [] } = site;
  return {
    consent: consent && consentReader(consent, () => metrics.consentUnreadable(name)),
    watcher: engagement === "on" && notice.length > 0 ? createWatcher(notice) : undefined,
    staff: staff.length > 0 ? networksOf(staff) : undefined,
    limits: clientLimits(site.limits ?? {}),
  };
}

function clientLimits({ rate, body }: SiteLimits): ClientLimits | undefined {
  if (!rate && body === undefined) return undefined;
  return { rate: rate && new RateTable(rate, randomInt(2 ** 32)), body };
}
