import type { Site } from "../model/site.ts";

/** Why a request is not a visitor's opening of a page. */
export type NotNavigation = "disabled" | "method" | "bot" | "excluded" | "prefetch" | "fragment";

/** What a request says of itself; a scanned head fits. */
export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** All values of a field; `name` in lower case. */
  get(name: string): string | undefined;
}

/** Programs that say they are ones. CUBOT makes telephones. */
const BOT =
  /(?<!\bcu)bots?\b|crawl|spider|slurp|\b(curl|wget|httpx|java|okhttp|python-requests|python-urllib|aiohttp|go-http-client|libwww-perl|axios|node-fetch|undici|scrapy)\b|mediapartners-google|google-inspectiontool|lighthouse|facebookexternalhit|\bwhatsapp\/|pingdom|uptime|monitor|site24x7/i;

/** Whether a User-Agent is a program's. Of as many as there are browsers, the answer is remembered. */
export function isBot(userAgent: string): boolean {
  let bot = bots.get(userAgent);
  if (bot === undefined) {
    bot = BOT.test(userAgent);
    if (bots.size >= MOST_AGENTS) bots.clear();
    bots.set(userAgent, bot);
  }
  return bot;
}

const bots = new Map<string, boolean>();
const MOST_AGENTS = 1000;

/** Why a request never counts, whatever comes back. */
export function whyUncounted(
  site: Pick<Site, "engagement" | "excludedPaths">,
  asked: Asked,
  userAgent = asked.get("user-agent") ?? "",
): Exclude<NotNavigation, "method" | "fragment"> | undefined {
  if (site.engagement === "off") return "disabled";
  if (isBot(userAgent)) return "bot";
  if (site.excludedPaths.some((path) => asked.target.startsWith(path))) return "excluded";
  return AHEAD.some((name) => /prefetch|preview/i.test(asked.get(name) ?? ""))
    ? "prefetch"
    : undefined;
}

/** https://fetch.spec.whatwg.org/#sec-purpose-header, and what browsers sent before it. */
const AHEAD = ["sec-purpose", "purpose", "x-purpose", "x-moz"];
/** Said by scripts that put pieces of pages into pages. */
const PIECES = ["hx-request", "turbo-frame", "x-pjax"];

/**
 * Why a request does not open a document in a window. Without Sec-Fetch-Dest (https://www.w3.org/TR/fetch-metadata/) whoever
 * names text/html among what it accepts is a browser that opens a page; `Accept: *` is anything.
 */
export function whyNoNavigation(
  site: Pick<Site, "engagement" | "excludedPaths">,
  asked: Asked,
  userAgent?: string,
): NotNavigation | undefined {
  if (asked.method !== "GET" && asked.method !== "HEAD") return "method";
  const uncounted = whyUncounted(site, asked, userAgent);
  if (uncounted !== undefined) return uncounted;
  if (PIECES.some((name) => asked.get(name) !== undefined)) return "fragment";
  if (/^xmlhttprequest$/i.test(asked.get("x-requested-with") ?? "")) return "fragment";
  const destination = asked.get("sec-fetch-dest");
  const opens =
    destination === undefined
      ? /\btext\/html\b/i.test(asked.get("accept") ?? "")
      : destination === "document";
  return opens ? undefined : "fragment";
}
