/** Visitors, a million of them, and the campaigns that are asked about each: the same in every run. */
import { type Analysis, createAnalysis } from "../../src/analysis/analysis.ts";
import type { Campaign } from "../../src/model/campaign.ts";
import { systemClock } from "../../src/model/clock.ts";
import type { Hit } from "../../src/model/hit.ts";
import { firstVisit } from "../../src/model/visitor.ts";

const DAY_MS = 86_400_000;
const PATHS = 20_000;
const BROWSERS = 400;
const noLog = { debug() {}, info() {}, warn() {}, error() {} };

/** Twenty, of which three ask for time; none is ever true, so that all are asked with every hit. */
const CRITERIA = [
  'visits("7d") >= 2 && page.path.startsWith("/never")',
  'page.seconds >= 900 && page.path == "/never"',
  'page.path == "/checkout/never"',
  'pages >= 2 && !first_page && page.path == "/never"',
  "purchases > 7",
  'visited("/help") && page.seconds >= 3000',
  '"/never" in trail && trail.size() > 3',
  'referrer_host == "advertisement.example" || from_ad',
  'best_language(["xx", "yy"]) == "xx"',
  "priority >= 9",
  "hour >= 25",
  "agents.free > 3 && pages > 100",
  "agents.on_duty > 10 && pages > 100 && open",
  "visits() > 100",
  'page.url.endsWith("=never")',
  'device == "tablet" && pages("10m") > 100',
  'param("utm_source") == "never"',
  'page.path in ["/never", "/nowhere"]',
  'visits("1d") > 5',
  'went("/never", "/nowhere") || spent("30d") > 1000',
];

const SITE = {
  name: "shop",
  hosts: ["shop.example"],
  origins: [],
  firm: "firm",
  country: "DE",
  timeZone: "Europe/Berlin",
  hours: [],
  reservedPath: "/.warmline/",
  excludedPaths: [],
  engagement: "on",
} as const;

/** The site and a campaign for each of the criteria. */
export function configured(criteria: readonly string[] = CRITERIA) {
  const campaigns = criteria.map((when, i): Campaign => ({
    name: `campaign-${i}`,
    site: "shop",
    mode: "alert_first",
    when,
    message: "hello",
    coolDownMs: DAY_MS,
    perPage: 1,
    perVisit: 1,
    holdOut: 0,
    outOfHours: true,
  }));
  return { sites: [SITE], campaigns };
}

export function analysisOf(options: {
  readonly sessions: number;
  readonly criteria?: readonly string[];
  readonly found?: (firedMs: number, pageMs: number) => void;
}): Analysis {
  const { sessions, criteria, found } = options;
  let ids = 0;
  const analysis = createAnalysis(
    { ...configured(criteria), mostSessions: sessions, idleMs: DAY_MS },
    {
      clock: systemClock,
      log: noLog,
      metrics: {
        sessions() {},
        sessionsEvicted() {},
        evaluated() {},
        suppressed() {},
        opportunity() {},
      },
      staffing: { staffing: () => ({ onDuty: 1_000_000, free: 1 }) },
      opportunities: {
        found({ id, firedMs }, { lastAccessMs }) {
          found?.(firedMs, lastAccessMs);
          analysis.advance(id, "expired");
        },
      },
      observer: { changed() {}, ended() {} },
      cookies: { lacks() {} },
      randomId: () => `id-of-twenty-two-chars${(ids += 1)}`,
    },
  );
  return analysis;
}

/** Numbers that look random and are the same in every run (Numerical Recipes' generator). */
export function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * A page of visitor `who`, as it comes over the link: a third refuse cookies, the others have been there before. Some pages
 * are opened often and most are not.
 */
export function hitOf(who: number, random: (below: number) => number, atMs = Date.now()): Hit {
  const id = idOf(who);
  const path = Math.floor(PATHS ** (random(1_000_000) / 1_000_000));
  const history = { ...firstVisit(id, atMs - 30 * DAY_MS), visitCount: 3, lastSeenMs: atMs };
  const visitsMs = [atMs - 30 * DAY_MS, atMs - 3 * DAY_MS, atMs];
  const hit: Hit = {
    site: "shop",
    atMs,
    kind: "page",
    url: `/category-${path % 50}/product-${path}.html`,
    status: 200,
    address: `198.51.${(who >> 8) & 255}.${who & 255}`,
    visitor:
      who % 3 === 0
        ? { cookie: "none", addressKey: id }
        : { cookie: "returned", visitorId: id, addressKey: id },
    consent: who % 3 === 0 ? "none" : "identified",
    ...(who % 3 !== 0 && { history: { ...history, visitsMs } }),
    userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${who % BROWSERS}.0.0.0 Safari/537.36`,
    language: "de-DE,de;q=0.9,en;q=0.8",
    referrer: "https://www.search.example/",
  };
  // Texts of its own, as from the wire.
  return JSON.parse(JSON.stringify(hit)) as Hit;
}

/** A forged visitor: one hit, an address and a browser that nobody else has. */
export function forgedHitOf(who: number): Hit {
  return {
    site: "shop",
    atMs: Date.now(),
    kind: "page",
    url: `/?${who}`,
    status: 200,
    address: `2001:db8::${who.toString(16)}`,
    visitor: { cookie: "none", addressKey: idOf(who + 0x1000_0000) },
    consent: "none",
    userAgent: `forged/${who}`,
  };
}

function idOf(who: number): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(who, 4);
  bytes.writeUInt32LE(Math.imul(who, 2_654_435_761) >>> 0, 8);
  return bytes.toString("base64url");
}
