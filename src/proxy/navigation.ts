import type { Site } from "../model/site.ts";

/** Why a request is not a visitor's opening of a page. */
export type NotNavigation = "disabled" | "method" | "fragment" | Noise;

/** Why what would have been a page is nobody's visit. */
export type Noise = "bot" | "health" | "excluded" | "prefetch" | "prerender" | "staff";

const NOISE: ReadonlySet<NotNavigation> = new Set<Noise>([
  "bot",
  "health",
  "excluded",
  "prefetch",
  "prerender",
  "staff",
]);

export const isNoise = (why: NotNavigation): why is Noise => NOISE.has(why);

/** What a request says of itself; a scanned head fits. */
export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** All values of a field; `name` in lower case. */
  get(name: string): string | undefined;
}

/** Programs that say they are ones, and browsers that programs drive. CUBOT makes telephones. */
const BOT =
  /(?<!\bcu)bots?\b|crawl|spider|slurp|scrapy|httrack|\b(curl|libcurl|wget|aria2|httpie|httpx|java|okhttp|apache-httpclient|python-requests|python-urllib|aiohttp|go-http-client|go-resty|libwww-perl|lwp::simple|guzzlehttp|faraday|ruby|axios|node|node-fetch|undici|got|postmanruntime|insomnia|powershell|dart)\b|headlesschrome|phantomjs|puppeteer|playwright|selenium|cypress|mediapartners-google|google-inspectiontool|lighthouse|facebookexternalhit|\bwhatsapp\//i;
/** Programs that ask whether a site is there: balancers, orchestrators, services that watch it. */
const HEALTH =
  /health[-_ ]?check|\bkube-probe\b|\bgooglehc\b|\benvoy\/hc\b|\bcheck_http\b|\bblackbox[-_ ]exporter\b|\bzabbix\b|\bnagios\b|pingdom|uptime|monitor|site24x7|statuscake/i;

/** What a User-Agent says of itself. */
interface Agent {
  readonly program: "bot" | "health" | undefined;
  /** A browser that names its destination with every request by https (Chromium since 80; its relatives with it). */
  readonly namesDestination: boolean;
}

/** What a User-Agent says. Of as many as there are browsers, the answer is remembered. */
function agentBy(userAgent: string): Agent {
  let agent = agents.get(userAgent);
  if (agent === undefined) {
    const health = HEALTH.test(userAgent);
    const bot = BOT.test(userAgent);
    const namesDestination = /\bChrome\/(?:9\d|\d{3})\./.test(userAgent);
    agent = { program: health ? "health" : bot ? "bot" : undefined, namesDestination };
    if (agents.size >= MOST_AGENTS) agents.clear();
    agents.set(userAgent, agent);
  }
  return agent;
}

const agents = new Map<string, Agent>();
const MOST_AGENTS = 1000;

/**
 * Why a request never counts, whatever comes back.
 *
 * @param secure it came by https, where browsers say more of themselves
 */
export function whyUncounted(
  site: Pick<Site, "engagement" | "excludedPaths">,
  asked: Asked,
  userAgent = asked.get("user-agent") ?? "",
  secure = false,
): Exclude<NotNavigation, "method" | "fragment" | "staff"> | undefined {
  if (site.engagement === "off") return "disabled";
  const { program, namesDestination } = agentBy(userAgent);
  if (program !== undefined) return program;
  // Every browser says what it is and what its user reads; what does not is a program that nobody looks at.
  if (userAgent === "" || asked.get("accept-language") === undefined) return "bot";
  // Who writes a mail address into it is a crawler (RFC 9110, section 10.1.2).
  if (asked.get("from") !== undefined) return "bot";
  if (namesDestination && secure && asked.get("sec-fetch-dest") === undefined) return "bot";
  if (site.excludedPaths.some((path) => asked.target.startsWith(path))) return "excluded";
  // The loader says when it is shown.
  if (/prerender/i.test(asked.get("sec-purpose") ?? "")) return "prerender";
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
  secure?: boolean,
): NotNavigation | undefined {
  if (asked.method !== "GET" && asked.method !== "HEAD") return "method";
  const uncounted = whyUncounted(site, asked, userAgent, secure);
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
