import type { IncomingHttpHeaders } from "node:http";
import type { Site } from "../model/site.ts";

/** Why a request is not a visitor's opening of a page. */
export type NotNavigation = "disabled" | "method" | "bot" | "excluded" | "prefetch" | "fragment";

/** What a request says of itself; Node's IncomingMessage fits. */
export interface Asked {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Programs that say they are ones. CUBOT makes telephones. */
const BOT =
  /(?<!\bcu)bots?\b|crawl|spider|slurp|\b(curl|wget|httpx|java|okhttp|python-requests|python-urllib|aiohttp|go-http-client|libwww-perl|axios|node-fetch|undici|scrapy)\b|mediapartners-google|google-inspectiontool|lighthouse|facebookexternalhit|\bwhatsapp\/|pingdom|uptime|monitor|site24x7/i;

/** Why a request never counts, whatever comes back. */
export function whyUncounted(
  site: Pick<Site, "engagement" | "excludedPaths">,
  { url = "/", headers }: Asked,
): Exclude<NotNavigation, "method" | "fragment"> | undefined {
  if (site.engagement === "off") return "disabled";
  if (BOT.test(headers["user-agent"] ?? "")) return "bot";
  if (site.excludedPaths.some((path) => url.startsWith(path))) return "excluded";
  // https://fetch.spec.whatwg.org/#sec-purpose-header, and what browsers sent before it.
  const purposes = [
    headers["sec-purpose"],
    headers["purpose"],
    headers["x-purpose"],
    headers["x-moz"],
  ];
  return purposes.some((purpose) => /prefetch|preview/i.test(String(purpose)))
    ? "prefetch"
    : undefined;
}

/**
 * Why a request does not open a document in a window. Without Sec-Fetch-Dest (https://www.w3.org/TR/fetch-metadata/) whoever
 * names text/html among what it accepts is a browser that opens a page; `Accept: *` is anything.
 */
export function whyNoNavigation(
  site: Pick<Site, "engagement" | "excludedPaths">,
  asked: Asked,
): NotNavigation | undefined {
  if (asked.method !== "GET" && asked.method !== "HEAD") return "method";
  const { headers } = asked;
  const uncounted = whyUncounted(site, asked);
  if (uncounted !== undefined) return uncounted;
  // Pieces of pages that scripts put into pages.
  if (headers["hx-request"] !== undefined) return "fragment";
  if (/^xmlhttprequest$/i.test(String(headers["x-requested-with"]))) return "fragment";
  if (headers["turbo-frame"] !== undefined || headers["x-pjax"] !== undefined) return "fragment";
  const destination = headers["sec-fetch-dest"];
  const opens =
    destination === undefined
      ? /\btext\/html\b/i.test(headers.accept ?? "")
      : destination === "document";
  return opens ? undefined : "fragment";
}
