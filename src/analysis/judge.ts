import type { Staffing } from "../model/agent.ts";
import type { Campaign } from "../model/campaign.ts";
import type { Clock } from "../model/clock.ts";
import type { Offer } from "../model/opportunity.ts";
import type { View } from "./criteria/facts.ts";
import { type Decision, decide, type Suppression } from "./decide.ts";
import { type Explanation, explainRule, named } from "./explain.ts";
import type { AnalysisMetrics, StaffingSource } from "./ports.ts";
import type { Row } from "./row.ts";
import type { Rule, SiteRules } from "./rules.ts";

/** What a visitor is to be offered, and by which campaign. */
export interface Verdict {
  readonly campaign: Campaign;
  readonly offer: Offer;
}

/** Asks the criteria of a site about one row. */
export interface Judge {
  /** The first campaign with a criterion that is true and nothing that holds it back. Changes nothing in the row. */
  judge(row: Row, site: SiteRules, asked: readonly Rule[], steadyMs: number): Verdict | undefined;
  /** What every campaign of the site says of the visitor now. */
  explain(row: Row, site: SiteRules, steadyMs: number): readonly Explanation[];
  /** Tells the metrics what has been counted since the last time. A metrics library is too slow to be told of each. */
  report(): void;
}

export interface JudgePorts {
  readonly clock: Clock;
  readonly staffing: StaffingSource;
  readonly metrics: Pick<AnalysisMetrics, "evaluated" | "suppressed">;
  /** Until when the campaign leaves the visitor alone from before this visit, steady ms. */
  quietUntilMs(row: Row, campaign: Campaign): number;
  /** Whether one more opportunity can be followed. */
  room(): boolean;
}

export function createJudge(rules: Iterable<SiteRules>, ports: JudgePorts): Judge {
  const { clock, metrics } = ports;
  const all = [...rules];

  function viewOf(row: Row, site: SiteRules, steadyMs: number): View {
    const nowMs = clock.nowMs();
    let staffing: Staffing | undefined;
    return {
      row,
      steadyMs,
      nowMs,
      local: () => site.local(nowMs),
      staffing: () => (staffing ??= ports.staffing.staffing(site.site.name)),
    };
  }

  function decisionOf({ campaign }: Rule, site: SiteRules, view: View): Decision {
    return decide(campaign, view.row, {
      steadyMs: view.steadyMs,
      open: () => site.open(view.nowMs),
      staffing: () => view.staffing(),
      quietUntilMs: () => ports.quietUntilMs(view.row, campaign),
      room: () => ports.room(),
    });
  }

  return {
    judge(row, site, asked, steadyMs) {
      const view = viewOf(row, site, steadyMs);
      let verdict: Verdict | undefined;
      for (const rule of asked) {
        const { campaign, criterion, tally } = rule;
        // It has said what it had to say.
        if (campaign.name === row.openOpportunity?.campaign) continue;
        const truth = criterion.evaluate(view);
        tally[named(truth)] += 1;
        if (truth !== true) continue;
        const { offer, suppressed } = verdict
          ? { suppressed: "open_opportunity" as const }
          : decisionOf(rule, site, view);
        if (offer !== undefined) verdict = { campaign, offer };
        else count(tally.suppressed, suppressed);
      }
      return verdict;
    },
    explain(row, site, steadyMs) {
      const view = viewOf(row, site, steadyMs);
      return site.rules.map((rule) => explainRule(rule, view, () => decisionOf(rule, site, view)));
    },
    report() {
      for (const { rules: ofSite } of all) {
        for (const { campaign, tally } of ofSite) {
          for (const result of ["true", "false", "unknown"] as const) {
            if (tally[result] > 0) metrics.evaluated(campaign.name, result, tally[result]);
            tally[result] = 0;
          }
          for (const [reason, times] of tally.suppressed) {
            metrics.suppressed(campaign.name, reason, times);
          }
          tally.suppressed.clear();
        }
      }
    },
  };
}

function count(tally: Map<Suppression, number>, reason: Suppression): void {
  tally.set(reason, (tally.get(reason) ?? 0) + 1);
}
