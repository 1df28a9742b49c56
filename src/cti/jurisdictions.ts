/**
 * What regulators ask of whoever calls people, as data. A profile is of the called party's country; {@link CAUTION} is for all
 * that have none of their own. Operators may know better, and set what differs (`jurisdictions` in the configuration). Not legal
 * advice: each profile wants the word of somebody who may give it.
 */
import type { Opening } from "../model/opening-hours.ts";

export interface Jurisdiction {
  /** Whether more numbers may be dialled than agents are free at the moment. */
  readonly predictive: boolean;
  /** Of the calls people answer, at most this share may find no agent. */
  readonly dropLimit: number;
  /** Over so long the share is taken, for each campaign, ms. */
  readonly dropWindowMs: number;
  /** An agent must be there so long after the called party's greeting, ms; else the call is dropped. */
  readonly patienceMs: number;
  /** A telephone is left to ring at least so long, ms. */
  readonly ringMs: number;
  /** Whoever found no agent is not called automatically again for so long, ms. */
  readonly restMs: number;
  /** When people may be called, by their own clocks. */
  readonly hours: readonly Opening[];
  /** Where that stands. */
  readonly source: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** For countries without a profile: what the strictest of the profiles below ask, and no predictive dialling. */
export const CAUTION: Jurisdiction = {
  predictive: false,
  dropLimit: 0.03,
  dropWindowMs: DAY_MS,
  patienceMs: 2_000,
  ringMs: 15_000,
  restMs: DAY_MS,
  hours: [1, 2, 3, 4, 5, 6].flatMap((weekday) => daily(weekday, [9, 20])),
  source: "no rule known to us: our own caution",
};

const profiles: Readonly<Record<string, Jurisdiction>> = {
  US: {
    ...CAUTION,
    predictive: true,
    dropWindowMs: 30 * DAY_MS,
    hours: everyDay([8, 21]),
    source:
      "16 CFR 310.4(b)(4) and (c); 47 CFR 64.1200(a)(7) and (c)(1): 3 % of the calls answered live, per campaign and 30 days; 2 s; 15 s of ringing; 8 to 21 h",
  },
  CA: {
    ...CAUTION,
    predictive: true,
    dropLimit: 0.05,
    dropWindowMs: 31 * DAY_MS,
    hours: [
      ...[1, 2, 3, 4, 5].flatMap((weekday) => daily(weekday, [9, 21.5])),
      ...[6, 7].flatMap((weekday) => daily(weekday, [10, 18])),
    ],
    source: "CRTC 2007-48, Telemarketing Rules: 5 % in a calendar month; 2 s; hours of part III",
  },
  GB: {
    ...CAUTION,
    restMs: 72 * HOUR_MS,
    hours: everyDay([8, 21]),
    source:
      "Ofcom, persistent misuse policy: since 1 March 2017 no share is safe, so predictive is off; 72 h as it asked before; hours are the trade's custom",
  },
  FR: {
    ...CAUTION,
    hours: [1, 2, 3, 4, 5].flatMap((weekday) => daily(weekday, [10, 13], [14, 20])),
    source:
      "Code de la consommation, D. 223-9 (décret 2022-1313); public holidays are not known here",
  },
};

/** No profile's window is longer, ms: what is older counts nowhere. */
export const LONGEST_WINDOW_MS = 366 * DAY_MS;

/** The profile of a country (ISO 3166-1 alpha-2), with what the operator has set for it. */
export function jurisdictionOf(
  country: string,
  overrides: Readonly<Record<string, Partial<Jurisdiction>>>,
): Jurisdiction {
  return { ...(profiles[country] ?? CAUTION), ...overrides[country] };
}

/**
 * Why more numbers may not be dialled than agents are free, and what to do about it; undefined when they may.
 *
 * @param ringTimeoutMs telephones are left to ring so long
 */
export function predictiveProblem(
  country: string,
  overrides: Readonly<Record<string, Partial<Jurisdiction>>>,
  ringTimeoutMs: number,
): string | undefined {
  const { predictive, dropLimit, ringMs } = jurisdictionOf(country, overrides);
  const own = `jurisdictions: [{ country: ${country}, predictive: true, … }]`;
  if (!profiles[country] && overrides[country]?.predictive === undefined) {
    return `no law of ${country} on dropped calls is known; use mode: progressive, or write its limits yourself once counsel has confirmed them, as ${own}`;
  }
  if (!predictive || dropLimit === 0) {
    return `the profile of ${country} allows no call to find no agent; use mode: progressive, or, once counsel has confirmed it, set ${own}`;
  }
  if (ringTimeoutMs < ringMs) {
    return `by the profile of ${country} telephones are left to ring for ${ringMs / 1_000} s at least: raise switch.ringTimeout`;
  }
  return undefined;
}

function everyDay(...spans: readonly [from: number, to: number][]): Opening[] {
  return [1, 2, 3, 4, 5, 6, 7].flatMap((weekday) => daily(weekday, ...spans));
}

function daily(weekday: number, ...spans: readonly [from: number, to: number][]): Opening[] {
  return spans.map(([from, to]) => ({ weekday, fromMinute: from * 60, toMinute: to * 60 }));
}
