import type { Noticed } from "./milestone.ts";
import {
  type ConsentTier,
  DEFAULT_PRIORITY,
  seenAgain,
  type VisitorFacts,
  type VisitorHistory,
  withFacts,
  withNoticed,
} from "./visitor.ts";

/** Weakest first. */
export const CONSENT_TIERS: readonly ConsentTier[] = [
  "none",
  "session",
  "persistent",
  "identified",
];

export type ConsentManager = "tcf" | "onetrust" | "cookiebot" | "cookieyes" | "klaro";

/** Where a site's own consent banner keeps what visitors chose. */
export type ConsentSource =
  | {
      readonly manager: ConsentManager;
      /** Its cookie, where it has another name than usual. */
      readonly cookie?: string;
      /** The manager's categories that must all be granted for a tier. */
      readonly session?: readonly string[];
      readonly persistent?: readonly string[];
      readonly identified?: readonly string[];
    }
  | {
      readonly cookie: string;
      /** What a value allows; `*` in it stands for anything. */
      readonly values: Readonly<Record<string, ConsentTier>>;
    };

/** What Warmline asks the visitors of a site itself, once. */
export interface ConsentQuestion {
  /** What a yes allows. */
  readonly allows: "persistent" | "identified";
  /** In the site's own words. */
  readonly text?: string;
  /** The page about the protection of data: a path of the site, or a URL. */
  readonly privacy?: string;
}

export type ConsentAnswer = "yes" | "visit" | "no";

/** What each answer allows. */
export function tierOfAnswer(answer: ConsentAnswer, { allows }: ConsentQuestion): ConsentTier {
  return answer === "yes" ? allows : answer === "visit" ? "session" : "none";
}

/** What a visitor has said so far, at a site that asks: `refused` by the browser, once and for all. */
export type ConsentSaid = ConsentTier | "refused" | "undecided";

/** How a site tells what its visitors allow. */
export interface ConsentRules {
  /** Those who have decided nothing yet. */
  readonly undecided: ConsentTier;
  /** The first that is there and says something decides. */
  readonly from: readonly ConsentSource[];
  /** Whoever has decided nothing yet is asked. */
  readonly ask?: ConsentQuestion;
}

/** Of a site that says nothing about consent: nothing is kept of its visitors beyond the visit, and nothing with them. */
export const NOTHING_KEPT: ConsentRules = { undecided: "none", from: [] };

/** As much of the history as a visitor allows to be kept; undefined for nothing. */
export function within(history: VisitorHistory, tier: ConsentTier): VisitorHistory | undefined {
  switch (tier) {
    case "none":
      return undefined;
    case "session":
      return ofThisVisit(nameless(history));
    case "persistent":
      return nameless(history);
    case "identified":
      return history;
  }
}

/**
 * What a cookie said, brought up to one more request at `atMs`: at the edge for the next cookie, in the engine for the hit. As much of it
 * as the visitor allows.
 */
export function broughtUp(
  history: VisitorHistory,
  atMs: number,
  by: {
    readonly visitGapMs: number;
    /** Whether it is a page. */
    readonly pages: 0 | 1;
    readonly consent: ConsentTier;
    /** What the engine knows better. */
    readonly facts?: VisitorFacts | undefined;
    readonly noticed?: Noticed | undefined;
  },
): VisitorHistory | undefined {
  const { facts, noticed } = by;
  const seen = seenAgain(history, atMs, by.visitGapMs, by.pages);
  const known = facts ? withFacts(seen, facts) : seen;
  return within(noticed ? withNoticed(known, noticed) : known, by.consent);
}

function nameless(history: VisitorHistory): VisitorHistory {
  const { login, name, number, mail, ...rest } = history;
  const known = login ?? name ?? number ?? mail;
  return known === undefined ? history : rest;
}

/** What has happened since the latest visit began. */
function ofThisVisit(history: VisitorHistory): VisitorHistory {
  const { visitCount, visitsMs, purchases, events, factsAtMs } = history;
  if (visitCount === 1) return history;
  const sinceMs = visitsMs.at(-1) ?? history.lastSeenMs;
  const isOfIt = ({ atMs }: { readonly atMs: number }) => atMs >= sinceMs;
  const heard = factsAtMs >= sinceMs;
  return {
    ...history,
    firstSeenMs: sinceMs,
    visitsMs: [sinceMs],
    visitCount: 1,
    pageCount: 1,
    timeSpentMs: Math.max(0, history.lastSeenMs - sinceMs),
    purchases: purchases.filter(isOfIt),
    events: events.filter(isOfIt),
    priority: heard ? history.priority : DEFAULT_PRIORITY,
    factsAtMs: heard ? factsAtMs : 0,
  };
}
