import { LRUCache } from "lru-cache";
import type { Campaign } from "../../model/campaign.ts";
import { broughtUp } from "../../model/consent.ts";
import type { Hit } from "../../model/hit.ts";
import type { Offer, Opportunity } from "../../model/opportunity.ts";
import type { Site } from "../../model/site.ts";
import { agentOf } from "../../model/device.ts";
import type { Noticed, NoticedInLog } from "../../model/milestone.ts";
import { firstVisit, type VisitorHistory, withFacts, withNoticed } from "../../model/visitor.ts";
import { type Analysis, createAnalysis } from "../analysis.ts";
import { hitIn, type LoggedHit } from "./logged-hit.ts";
import { SimulatedClock } from "./simulated-clock.ts";

export interface ReplayOptions {
  readonly sites: readonly Site[];
  readonly campaigns: readonly Campaign[];
  readonly mostSessions: number;
  /** A visit ends after so long without a page, ms; after so long the next page begins another one for the cookie, ms. */
  readonly idleMs: number;
  readonly visitGapMs: number;
  /** Agents of each firm, all of them free, as long as the site is open. */
  readonly agents: number;
  /** The share of invitations that visitors accept, 0 to 1, and how long they think about it, ms. */
  readonly accept: number;
  readonly answerMs: number;
}

/** What criteria would have done with the visitors of a log. */
export interface Replayed {
  readonly fromMs: number;
  readonly toMs: number;
  readonly lines: number;
  /** Lines that are no JSON, or not as an edge writes them. */
  readonly broken: number;
  readonly hits: number;
  /** Hits of visitors whom nothing links from page to page. */
  readonly unlinked: number;
  /** Hits on sites that the configuration does not know. */
  readonly elsewhere: number;
  readonly campaigns: ReadonlyMap<string, CampaignReplayed>;
}

export interface CampaignReplayed {
  readonly offers: Readonly<Record<Offer, number>>;
  /** Opportunities in each hour that had any: the hour's start, ms, and how many of them were to talk now. */
  readonly hours: ReadonlyMap<number, { all: number; contacts: number }>;
  /** What kept true criteria from having a consequence, and how often. */
  readonly suppressed: ReadonlyMap<string, number>;
}

const HOUR_MS = 3_600_000;
/** Cookies that are remembered at the same time, as the visitors themselves would have. */
const MOST_VISITORS = 500_000;

/** Plays the hits of an access log, line by line, to the analysis itself. Nothing but the time is pretended. */
export async function replay(
  lines: AsyncIterable<string>,
  options: ReplayOptions,
): Promise<Replayed> {
  const campaigns = new Map(options.campaigns.map(({ name }) => [name, emptyCampaign()]));
  const known = new Set(options.sites.map(({ name }) => name));
  const cookies = new LRUCache<string, VisitorHistory>({ max: MOST_VISITORS });
  const count = { lines: 0, broken: 0, hits: 0, unlinked: 0, elsewhere: 0 };
  let playing: ReturnType<typeof stage> | undefined;
  let fromMs = Number.NaN;
  for await (const line of lines) {
    if (line.trim() === "") continue;
    count.lines += 1;
    const logged = hitIn(line);
    if (logged === undefined) continue;
    if (logged === "broken") count.broken += 1;
    else if (!known.has(logged.site)) count.elsewhere += 1;
    else if (logged.visitor === undefined) count.unlinked += 1;
    else {
      count.hits += 1;
      if (!playing) {
        fromMs = logged.atMs;
        playing = stage(logged.atMs, options, campaigns, cookies);
      }
      playing.clock.advance(logged.atMs);
      playing.analysis.touch(hitOf(logged, logged.visitor, cookies, options.visitGapMs));
    }
  }
  // What was still to come of those who were there at the end.
  const toMs = playing?.clock.nowMs() ?? Number.NaN;
  playing?.clock.advance(toMs + options.idleMs);
  playing?.analysis[Symbol.dispose]();
  return { fromMs, toMs, ...count, campaigns };
}

type Filled = ReturnType<typeof emptyCampaign>;

function emptyCampaign() {
  return {
    offers: { contact: 0, callback_out_of_hours: 0, callback_all_busy: 0 },
    hours: new Map<number, { all: number; contacts: number }>(),
    suppressed: new Map<string, number>(),
  };
}

function stage(
  startMs: number,
  options: ReplayOptions,
  campaigns: ReadonlyMap<string, Filled>,
  cookies: LRUCache<string, VisitorHistory>,
) {
  const clock = new SimulatedClock(startMs);
  const quiet = () => undefined;
  let ids = 0;
  let accepted = 0;
  /** Every agent invites at once; of the visitors every so manieth accepts. */
  function answer({ id }: Opportunity, analysis: Analysis): void {
    analysis.advance(id, "invited");
    clock.after(options.answerMs, () => {
      accepted += options.accept;
      analysis.advance(id, accepted >= 1 ? "accepted" : "declined");
      if (accepted >= 1) accepted -= 1;
    });
  }
  const analysis: Analysis = createAnalysis(options, {
    clock,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    metrics: {
      sessions: quiet,
      sessionsEvicted: quiet,
      evaluated: quiet,
      opportunity: quiet,
      suppressed(campaign, reason, times) {
        const { suppressed } = campaigns.get(campaign)!;
        suppressed.set(reason, (suppressed.get(reason) ?? 0) + times);
      },
    },
    staffing: { staffing: () => ({ onDuty: options.agents, free: options.agents }) },
    opportunities: {
      found(opportunity) {
        const { offers, hours } = campaigns.get(opportunity.campaign)!;
        offers[opportunity.offer] += 1;
        const hourMs = opportunity.firedMs - (opportunity.firedMs % HOUR_MS);
        const hour = hours.get(hourMs) ?? { all: 0, contacts: 0 };
        hour.all += 1;
        if (opportunity.offer === "contact") hour.contacts += 1;
        hours.set(hourMs, hour);
        answer(opportunity, analysis);
      },
    },
    observer: { changed: quiet, ended: quiet },
    cookies: {
      // With the next page it would be in the visitor's cookie.
      lacks({ id, site }, facts) {
        for (const visitor of analysis.keysOf(id)) {
          const history = cookies.get(cookieOf(site, visitor));
          if (history) cookies.set(cookieOf(site, visitor), withFacts(history, facts));
        }
      },
    },
    randomId: () => `${(ids += 1)}`,
  });
  return { clock, analysis };
}

const cookieOf = (site: string, visitor: string) => `${site} ${visitor}`;

/** The hit as the edge told it then, with the cookie as it must have been. */
function hitOf(
  logged: LoggedHit,
  visitor: string,
  cookies: LRUCache<string, VisitorHistory>,
  visitGapMs: number,
): Hit {
  const { site, atMs, kind, path, status, consent, cookie, address, language, referrer } = logged;
  const noticed = logged.noticed && noticedOf(logged.noticed, logged);
  const key = cookieOf(site, visitor);
  const before = cookies.get(key);
  const history =
    before && cookie === "returned"
      ? broughtUp(before, atMs, { visitGapMs, pages: kind === "page" ? 1 : 0, consent, noticed })
      : withNoticed(firstVisit(visitor, atMs), noticed ?? {});
  if (history) cookies.set(key, history);
  return {
    site,
    atMs,
    kind,
    url: logged.query === undefined ? path : `${path}?${logged.query}`,
    status,
    address,
    visitor: { cookie, visitorId: visitor, addressKey: visitor },
    consent,
    ...(history && { history }),
    ...(language !== undefined && { language }),
    ...(referrer !== undefined && { referrer }),
    ...(logged.device !== undefined && { userAgent: agentOf[logged.device] }),
    ...(noticed && { noticed }),
  };
}

/** As it was noticed; who it was is not in the log, so that it is somebody, the same for each visitor. */
function noticedOf(
  { purchases = [], events = [], identity }: NoticedInLog,
  { atMs, visitor = "" }: LoggedHit,
): Noticed {
  return {
    purchases: purchases.map((one, i) => ({ ...one, atMs, order: `${visitor} ${atMs} ${i}` })),
    events: events.map((name) => ({ name, atMs })),
    ...(identity && { login: visitor }),
  };
}
