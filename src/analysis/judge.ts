import type { Staffing } from "../model/agent.ts";
import type { Campaign } from "../model/campaign.ts";
import type { Clock } from "../model/clock.ts";
import type { Explanation } from "../model/explanation.ts";
import type { Offer } from "../model/opportunity.ts";
import type { View } from "./criteria/facts.ts";
import { type Decision, decide, type Suppression } from "./decide.ts";
import { explainRule, named } from "./explain.ts";
import type { AnalysisMetrics, StaffingSource } from "./ports.ts";
import type { Caps } from "./caps.ts";
import { isHeldOut } from "./hold-out.ts";
import type { Load } from "./load.ts";
import type { Row } from "./row.ts";
import type { Rule, SiteRules } from "./rules.ts";

/** What a visitor is to be offered, and by which campaign. Without an offer he is one of its control group. */
export interface Verdict {
  readonly campaign: Campaign;
  readonly offer?: Offer;
}

/** Asks the criteria of a site about one row. */
export interface Judge {
  /**
   * The first campaign with a criterion that is true and nothing that holds it back, after those of whose control group the
   * visitor is. Changes nothing in the row.
   */
  judge(row: Row, site: SiteRules, asked: readonly Rule[], steadyMs: number): readonly Verdict[];
  /** What every campaign of the site says of the visitor now. */
  explain(row: Row, site: SiteRules, steadyMs: number): readonly Explanation[];
  /** Tells the metrics what has been counted since the last time. A metrics library is too slow to be told of each. */
  report(): void;
}

export interface JudgePorts {
  readonly clock: Clock;
  readonly staffing: StaffingSource;
  readonly metrics: Pick<AnalysisMetrics, "evaluated" | "suppressed">;
  readonly caps: Caps;
  readonly load: Load;
  /** Whether one more opportunity can be followed. */
  room(): boolean;
}

const NO_VERDICTS: Verdict[] = [];

/** @param rules those that count now */
export function createJudge(rules: () => Iterable<SiteRules>, ports: JudgePorts): Judge {
  const { clock, metrics } = ports;

  function viewOf(row: Row, site: SiteRules, steadyMs: number): View {
    const nowMs = clock.nowMs();
    let staffing: Staffing | undefined;
    return {
      row,
      steadyMs,
      nowMs,
      local: () => site.local(nowMs),
      open: () => site.open(nowMs),
      staffing: () => (staffing ??= ports.staffing.staffing(site.site.name)),
      expected: () => ports.load.expected(site.site.firm),
    };
  }

  function decisionOf({ campaign }: Rule, site: SiteRules, view: View): Decision {
    return decide(campaign, view.row, {
      enough: () => ports.caps.enough(campaign, view.row, view.steadyMs),
      room: () => ports.room(),
      open: () => view.open(),
      staffing: () => view.staffing(),
      bears: (staffing) => ports.load.bears(site.site.firm, campaign.mode, staffing),
      heldOut: () => isHeldOut(campaign, view.row),
    });
  }

  return {
    judge(row, site, asked, steadyMs) {
      const view = viewOf(row, site, steadyMs);
      let verdicts: Verdict[] = NO_VERDICTS;
      let offered = false;
      for (const rule of asked) {
        const { campaign, criterion, tally } = rule;
        // It has said what it had to say.
        if (campaign.name === row.openOpportunity?.campaign) continue;
        const truth = criterion.evaluate(view);
        tally[named(truth)] += 1;
        if (truth !== true) continue;
        const { offer, suppressed } = offered
          ? { suppressed: "open_opportunity" as const }
          : decisionOf(rule, site, view);
        if (suppressed) count(tally.suppressed, suppressed);
        if (offer !== undefined) {
          offered = true;
          verdicts = [...verdicts, { campaign, offer }];
        } else if (suppressed === "hold_out") verdicts = [...verdicts, { campaign }];
      }
      return verdicts;
    },
    explain(row, site, steadyMs) {
      const view = viewOf(row, site, steadyMs);
      return site.rules.map((rule) => explainRule(rule, view, () => decisionOf(rule, site, view)));
    },
    report() {
      for (const { rules: ofSite } of rules()) {
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
