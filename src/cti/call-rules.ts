/** Which numbers may be called for a site, and when. */
import { parsePhoneNumberWithError } from "libphonenumber-js/max";
import { localClock } from "../model/local-time.ts";
import { hoursInWords, isOpen, type Opening } from "../model/opening-hours.ts";
import type { Refused } from "../model/refused.ts";
import { type Jurisdiction, jurisdictionOf } from "./jurisdictions.ts";
import { type Destinations, numbersIn, type ParsedNumber, parseNumber } from "./number.ts";
import { timeZonesOf } from "./time-zones.ts";

/** What an operator lets a site do. */
export interface SiteCallRules extends Destinations {
  /** ISO 3166-1 alpha-2; numbers without + are of this country. */
  readonly country: string;
  /** By the called party's own clock; none given: what the law of his country says. */
  readonly hours: readonly Opening[];
}

export interface CallRules {
  /** Understands what a visitor typed, or says why such a number is not called. */
  parse(typed: string, site: string): ParsedNumber;
  /** The numbers in a text that may be called, E.164. */
  find(text: string, site: string): string[];
  /**
   * Whether the number may be dialled for the site at all: also one that was stored long ago, under other rules.
   *
   * @param e164 as {@link parse} gave it
   */
  destination(e164: string, site: string): Refused | undefined;
  /** Of a number, ISO 3166-1 alpha-2; undefined when it is none's. */
  country(e164: string): string | undefined;
  /** Whether it is a time for calls where the number is. In doubt where that is, it must be so in all places it may be. */
  hours(e164: string, site: string, atMs: number): Refused | undefined;
}

/**
 * @param sites by name
 * @param jurisdictions what the operator has set for countries, by ISO 3166-1 alpha-2
 */
export function createCallRules(
  sites: Readonly<Record<string, SiteCallRules>>,
  jurisdictions: Readonly<Record<string, Partial<Jurisdiction>>>,
): CallRules {
  const clocks = new Map<string, ReturnType<typeof localClock>>();
  const clockOf = (timeZone: string) => {
    let clock = clocks.get(timeZone);
    if (!clock) clocks.set(timeZone, (clock = localClock(timeZone)));
    return clock;
  };
  const rulesOf = (site: string) => {
    const rules = sites[site];
    if (!rules) throw new Error(`there is no site ${site}`);
    return rules;
  };

  return {
    parse(typed, site) {
      const rules = rulesOf(site);
      return parseNumber(typed, rules.country, rules);
    },
    find: (text, site) => numbersIn(text, rulesOf(site).country, rulesOf(site)),
    destination(e164, site) {
      const parsed = parseNumber(e164, rulesOf(site).country, rulesOf(site));
      return parsed.ok ? undefined : parsed;
    },
    country: (e164) => parsePhoneNumberWithError(e164).country,
    hours(e164, site, atMs) {
      const { country = "" } = parsePhoneNumberWithError(e164);
      const own = rulesOf(site).hours;
      const hours = own.length > 0 ? own : jurisdictionOf(country, jurisdictions).hours;
      const zones = timeZonesOf(e164);
      if (zones.every((zone) => isOpen(hours, clockOf(zone)(atMs))) && zones.length > 0) return;
      const [zone = "local time there"] = zones;
      const where = zones.length > 1 ? `in all ${zones.length} time zones it may be in` : zone;
      return {
        ok: false,
        reason: "hours",
        message: `This number is called ${hoursInWords(hours, where)} only.`,
      };
    },
  };
}
