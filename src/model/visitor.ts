import {
  lacking,
  NO_MILESTONES,
  type Noticed,
  type Purchase,
  type SiteEvent,
  withMilestones,
} from "./milestone.ts";

/** What a visitor allows us to know, weakest first. A refuser (`none`) is known by a short-lived key in memory only. */
export type ConsentTier = "none" | "session" | "persistent" | "identified";

/** A visitor's own history. It lives in the sealed cookie, with the visitor, and nowhere else [0030]. */
export interface VisitorHistory {
  /** 16 random bytes in base64url. */
  readonly id: string;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** When the latest visits began, oldest first, at most {@link MOST_VISITS_KEPT}. */
  readonly visitsMs: readonly number[];
  /** All visits there ever were. */
  readonly visitCount: number;
  /** All pages there ever were. */
  readonly pageCount: number;
  /** Time spent on the site over all visits, ms. */
  readonly timeSpentMs: number;
  /** The latest purchases, oldest first, at most {@link MOST_PURCHASES_KEPT}. */
  readonly purchases: readonly Purchase[];
  /** The latest other milestones, oldest first, at most {@link MOST_EVENTS_KEPT}. */
  readonly events: readonly SiteEvent[];
  readonly priority: Priority;
  /** The name the visitor logs in with at the site. */
  readonly login?: string;
  readonly name?: string;
  /** E.164, or as the site knows it. */
  readonly number?: string;
  readonly mail?: string;
  /** When the engine last set priority, name or number, ms; an older update is ignored. */
  readonly factsAtMs: number;
}

/** 0 is a nuisance: no alerts, no invitations. 9 is the dearest customer [0047]. */
export type Priority = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

export const DEFAULT_PRIORITY: Priority = 3;
export const MOST_VISITS_KEPT = 16;

/** What the engine wants written into a visitor's cookie with the next page. */
export interface VisitorFacts {
  readonly atMs: number;
  readonly priority?: Priority;
  readonly login?: string;
  readonly name?: string;
  readonly number?: string;
  readonly mail?: string;
  /** Milestones that the cookie may lack, because two tabs raced. */
  readonly purchases?: readonly Purchase[];
  readonly events?: readonly SiteEvent[];
}

/**
 * How one request tells who sent it. `returned`: the visitor brought a cookie of ours. `issued`: the answer to this very
 * request carries a first one, nobody knows yet whether it is kept. `none`: the visitor refuses (GPC, DNT).
 */
export interface VisitorRef {
  readonly cookie: "returned" | "issued" | "none";
  /** With `returned` and `issued`. */
  readonly visitorId?: string;
  /** Address and User-Agent, hashed with the engine's salt of the day; the only key a refuser has. */
  readonly addressKey: string;
}

/** Whether a number is a priority. */
export function isPriority(value: unknown): value is Priority {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 9;
}

/** A visitor seen for the first time. */
export function firstVisit(id: string, nowMs: number): VisitorHistory {
  return {
    id,
    firstSeenMs: nowMs,
    lastSeenMs: nowMs,
    visitsMs: [nowMs],
    visitCount: 1,
    pageCount: 1,
    timeSpentMs: 0,
    purchases: [],
    events: [],
    priority: DEFAULT_PRIORITY,
    factsAtMs: 0,
  };
}

/**
 * The history after one more request at `nowMs`, a page unless `pages` is 0: within `visitGapMs` of the last page it is the same visit and the time in
 * between was spent on the site, later it is a new visit. A clock that went back changes nothing but `lastSeenMs`.
 */
export function seenAgain(
  history: VisitorHistory,
  nowMs: number,
  visitGapMs: number,
  pages: 0 | 1 = 1,
): VisitorHistory {
  const gapMs = nowMs - history.lastSeenMs;
  const pageCount = history.pageCount + pages;
  if (gapMs <= visitGapMs) {
    return {
      ...history,
      lastSeenMs: nowMs,
      pageCount,
      timeSpentMs: history.timeSpentMs + Math.max(0, gapMs),
    };
  }
  return {
    ...history,
    lastSeenMs: nowMs,
    pageCount,
    visitsMs: [...history.visitsMs, nowMs].slice(-MOST_VISITS_KEPT),
    visitCount: history.visitCount + 1,
  };
}

/**
 * The history with what the engine knows better. Of priority, name and the like the newest word counts, so that older facts
 * change nothing; milestones only come to what is there, in whatever order the news arrive.
 */
export function withFacts(history: VisitorHistory, facts: VisitorFacts): VisitorHistory {
  const { atMs, purchases, events, ...known } = facts;
  const whole = purchases || events ? { ...history, ...withMilestones(history, facts) } : history;
  const isOld = atMs <= history.factsAtMs || Object.keys(known).length === 0;
  return isOld ? whole : { ...whole, ...known, factsAtMs: atMs };
}

/** Whether the history would be another one with these facts. */
export function isNews(history: VisitorHistory, facts: VisitorFacts): boolean {
  return (
    (facts.atMs > history.factsAtMs && hasWord(facts)) || lacking(history, facts) !== undefined
  );
}

/** Two facts of one visitor as one: the newest word on each, and all milestones. */
export function mergedFacts(a: VisitorFacts, b: VisitorFacts): VisitorFacts {
  const [before, after] = a.atMs <= b.atMs ? [a, b] : [b, a];
  const milestones = before.purchases || before.events || after.purchases || after.events;
  return {
    ...before,
    ...after,
    ...(milestones && withMilestones(withMilestones(NO_MILESTONES, before), after)),
    // Milestones have times of their own.
    atMs: hasWord(before) && !hasWord(after) ? before.atMs : after.atMs,
  };
}

function hasWord({ atMs: _atMs, purchases: _purchases, events: _events, ...word }: VisitorFacts) {
  return Object.keys(word).length > 0;
}

/** The history with what a site's rules noticed. */
export function withNoticed(history: VisitorHistory, noticed: Noticed): VisitorHistory {
  const { purchases: _purchases, events: _events, ...identity } = noticed;
  return { ...history, ...withMilestones(history, noticed), ...identity };
}
