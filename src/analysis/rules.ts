import type { Campaign } from "../model/campaign.ts";
import { type LocalTime, localClock } from "../model/local-time.ts";
import { isOpen } from "../model/opening-hours.ts";
import type { Site } from "../model/site.ts";
import { compileCriterion, type Criterion } from "./criteria/compile.ts";
import type { Suppression } from "./decide.ts";
import type { Row } from "./row.ts";

/** A campaign and its criterion, ready to be asked. */
export interface Rule {
  readonly campaign: Campaign;
  readonly criterion: Criterion;
  /** Results since they were last reported. */
  readonly tally: {
    true: number;
    false: number;
    unknown: number;
    readonly suppressed: Map<Suppression, number>;
  };
}

/** All that is decided by for one site. */
export interface SiteRules {
  readonly site: Site;
  /** It takes part no more: no hit counts, and its visits end when they fall silent. */
  readonly leaving: boolean;
  /** In the order of the campaigns: the first that is true wins. */
  readonly rules: readonly Rule[];
  /** Those that time alone can make true. */
  readonly timed: readonly Rule[];
  local(nowMs: number): LocalTime;
  open(nowMs: number): boolean;
  /** When the row must be looked at again although nothing happens, steady ms; undefined if never. */
  nextDueMs(row: Row, steadyMs: number, nowMs: number): number | undefined;
}

/**
 * The rules of each site that takes part, by its name.
 *
 * @throws {CriterionProblem} for an expression that the configuration should have refused
 */
export function rulesBySite(
  sites: readonly Site[],
  campaigns: readonly Campaign[],
): ReadonlyMap<string, SiteRules> {
  const engaged = sites.filter((site) => site.engagement === "on");
  return new Map(
    engaged.map((site) => [
      site.name,
      rulesOf(
        site,
        campaigns.filter((campaign) => campaign.site === site.name),
      ),
    ]),
  );
}

/** The rules of a site that takes part no more, for the visits that there still are. */
export function leaving(site: Site): SiteRules {
  return rulesOf(site, [], true);
}

function rulesOf(site: Site, campaigns: readonly Campaign[], leaving = false): SiteRules {
  const rules = campaigns.map((campaign) => ({
    campaign,
    criterion: compileCriterion(campaign.when),
    tally: { true: 0, false: 0, unknown: 0, suppressed: new Map<Suppression, number>() },
  }));
  const timed = rules.filter(
    ({ criterion }) => criterion.thresholds.length > 0 || criterion.windows.size > 0,
  );
  const windows = [...new Map(timed.flatMap(({ criterion }) => [...criterion.windows])).values()];
  const thresholds = timed.flatMap(({ criterion }) => criterion.thresholds);
  const onPage = moments(thresholds.filter((t) => t.since === "page"));
  const onSite = moments(thresholds.filter((t) => t.since === "site"));
  const local = localClock(site.timeZone);
  return {
    site,
    leaving,
    rules,
    timed,
    local,
    open: (nowMs) => isOpen(site.hours, local(nowMs)),
    nextDueMs(row, steadyMs, nowMs) {
      const page = after(onPage, steadyMs - row.pageMs);
      const visit = after(onSite, steadyMs - row.startedMs);
      let dueMs = Math.min(row.pageMs + page, row.startedMs + visit);
      for (const changesInMs of windows) {
        dueMs = Math.min(dueMs, steadyMs + changesInMs({ row, nowMs }));
      }
      return dueMs === Infinity ? undefined : dueMs;
    },
  };
}

function moments(thresholds: readonly { readonly seconds: number }[]): readonly number[] {
  return [...new Set(thresholds.map((t) => t.seconds * 1_000))].sort((a, b) => a - b);
}

function after(sorted: readonly number[], elapsedMs: number): number {
  for (const ms of sorted) if (ms > elapsedMs) return ms;
  return Infinity;
}
