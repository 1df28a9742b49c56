import type { Campaign } from "../model/campaign.ts";
import type { Clock } from "../model/clock.ts";
import type { Hit } from "../model/hit.ts";
import type { Log } from "../model/log.ts";
import type { Offer, OpportunityState } from "../model/opportunity.ts";
import type { Session } from "../model/session.ts";
import type { Site } from "../model/site.ts";
import type { VisitorFacts, VisitorRef } from "../model/visitor.ts";
import { createAlarm } from "./alarm.ts";
import { createCoolDowns } from "./cool-downs.ts";
import type { View } from "./criteria/facts.ts";
import { type Decision, decide } from "./decide.ts";
import { createDueHeap } from "./due-heap.ts";
import { type Explanation, explainRule, named } from "./explain.ts";
import { createOpenOpportunities } from "./opportunities.ts";
import type { AnalysisMetrics, OpportunitySink, SessionObserver, StaffingSource } from "./ports.ts";
import { enter, learn, newRow, type Row } from "./row.ts";
import { type Rule, rulesBySite, type SiteRules } from "./rules.ts";
import { createSessionTable, keyOf } from "./session-table.ts";
import { steadyTime } from "./steady-time.ts";

export type { Explanation } from "./explain.ts";

export interface AnalysisOptions {
  readonly sites: readonly Site[];
  readonly campaigns: readonly Campaign[];
  /** Hard bound of the session activity table, rows. */
  readonly mostSessions: number;
  /** Rows are deleted after so long without a hit [0059], ms. */
  readonly idleMs: number;
}

export interface AnalysisPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: AnalysisMetrics;
  readonly staffing: StaffingSource;
  readonly opportunities: OpportunitySink;
  readonly observer: SessionObserver;
  randomId(): string;
}

/** The session activity table and the criteria over it: hits go in, opportunities come out. */
export interface Analysis extends Disposable {
  touch(hit: Hit): void;
  session(sessionId: string): Session | undefined;
  /** The visit a request belongs to; asking does not prolong it. */
  find(site: string, ref: VisitorRef): Session | undefined;
  list(sites: readonly string[]): Session[];
  /** What an edge can recognise a request of this visitor by: visitor ids, address key. */
  keysOf(sessionId: string): readonly string[];
  /** What became of an opportunity. What is unknown or cannot be is logged and ignored. */
  advance(opportunityId: string, state: OpportunityState): void;
  /** New facts about a visitor, in the table at once. */
  learn(sessionId: string, facts: VisitorFacts): void;
  /** What every campaign of the site says of the visitor now, and why it has no consequence. */
  explain(sessionId: string): readonly Explanation[];
  /** Rows of the table. */
  count(): number;
}

const LONGEST_TICK_MS = 5_000;
const SHORTEST_TICK_MS = 50;
/** Work of one turn, rows: some milliseconds, so that hits are not kept waiting. */
const ROWS_PER_TURN = 2_000;
/** A visitor without a hit for so long is shown as idle, ms. */
const IDLE_STATE_MS = 60_000;

/**
 * Makes the analysis. Criteria are compiled here, once.
 *
 * @throws {CriterionProblem} for a campaign whose criterion is wrong; `criterionProblem` finds that out beforehand
 */
export function createAnalysis(options: AnalysisOptions, ports: AnalysisPorts): Analysis {
  const { idleMs, mostSessions } = options;
  const { clock, log, metrics, observer } = ports;
  const steady = steadyTime(clock);
  const rules = rulesBySite(options.sites, options.campaigns);
  const due = createDueHeap<Row>();
  const coolDowns = createCoolDowns(4 * mostSessions);
  const open = createOpenOpportunities(mostSessions, log);
  const table = createSessionTable(
    mostSessions,
    (row) => left(row, "bound"),
    (row) => coolDowns.follow(row),
  );
  const idleStateMs = Math.min(IDLE_STATE_MS, idleMs / 2);
  const tickMs = Math.max(SHORTEST_TICK_MS, Math.min(LONGEST_TICK_MS, idleMs / 4));
  const dueAlarm = createAlarm(clock, steady, ringDue);
  const sweepAlarm = createAlarm(clock, steady, sweep);
  sweepAlarm.set(steady() + tickMs);

  function left(row: Row, reason: "idle" | "bound"): void {
    due.remove(row);
    open.left(row);
    metrics.sessionEvicted(reason);
    metrics.sessions(table.size);
    observer.ended(row.session.id, row.session.site);
  }

  function drop(row: Row): void {
    table.remove(row);
    left(row, "idle");
  }

  /** Deletes rows from the idle end of the table; also keeps steady time read. */
  function sweep(): void {
    report();
    const nowMs = steady();
    for (let turn = 0; turn < ROWS_PER_TURN; turn += 1) {
      const row = table.oldest();
      if (!row || nowMs - row.seenMs < idleMs) {
        sweepAlarm.set(nowMs + tickMs);
        return;
      }
      drop(row);
    }
    sweepAlarm.set(nowMs + SHORTEST_TICK_MS);
  }

  function report(): void {
    for (const { rules: ofSite } of rules.values()) {
      for (const { campaign, tally } of ofSite) {
        for (const result of ["true", "false", "unknown"] as const) {
          if (tally[result] > 0) metrics.evaluated(campaign.name, result, tally[result]);
          tally[result] = 0;
        }
      }
    }
  }

  /** Asks the criteria of rows whose time has come. */
  function ringDue(): void {
    const nowMs = steady();
    for (let turn = 0; turn < ROWS_PER_TURN; turn += 1) {
      const row = due.first();
      if (!row || row.dueMs > nowMs) break;
      due.remove(row);
      const site = rules.get(row.session.site);
      if (!site) continue;
      setDue(row, site, nowMs);
      judge(row, site, site.timed, nowMs);
    }
    const next = due.first();
    if (next) dueAlarm.set(next.dueMs);
  }

  function setDue(row: Row, site: SiteRules, steadyMs: number): void {
    const atMs = site.nextDueMs(row, steadyMs);
    if (atMs === undefined) {
      due.remove(row);
      return;
    }
    due.set(row, atMs);
    dueAlarm.set(atMs);
  }

  function judge(row: Row, site: SiteRules, asked: readonly Rule[], steadyMs: number): void {
    const view = viewOf(row, site, steadyMs);
    const waiting = row.openOpportunity && open.get(row.openOpportunity)?.campaign;
    for (const rule of asked) {
      const { campaign, criterion, tally } = rule;
      // It has said what it had to say.
      if (campaign.name === waiting) continue;
      const truth = criterion.evaluate(view);
      tally[named(truth)] += 1;
      if (truth !== true) continue;
      const decision = decisionOf(rule, site, view);
      if (decision.offer === undefined) metrics.suppressed(campaign.name, decision.suppressed);
      else found(row, campaign, decision.offer, view.nowMs);
    }
  }

  function viewOf(row: Row, site: SiteRules, steadyMs: number): View {
    const nowMs = clock.nowMs();
    return {
      row,
      steadyMs,
      nowMs,
      local: () => site.local(nowMs),
      staffing: () => ports.staffing.staffing(site.site.name),
    };
  }

  function decisionOf({ campaign }: Rule, site: SiteRules, view: View): Decision {
    return decide(campaign, view.row, {
      open: () => site.open(view.nowMs),
      staffing: () => view.staffing(),
      quiet: () => coolDowns.quiet(view.row, campaign.name, view.steadyMs),
    });
  }

  function found(row: Row, campaign: Campaign, offer: Offer, nowMs: number): void {
    row.fired.set(campaign.name, (row.fired.get(campaign.name) ?? 0) + 1);
    const message = messageFor(campaign, offer);
    const opportunity = {
      id: ports.randomId(),
      sessionId: row.session.id,
      site: campaign.site,
      campaign: campaign.name,
      criterion: campaign.when,
      mode: campaign.mode,
      offer,
      ...(message !== undefined && { message }),
      firedMs: nowMs,
      state: "open",
    } as const;
    open.add(opportunity, row);
    metrics.opportunity(campaign.name, offer);
    ports.opportunities.found(opportunity, row.session);
  }

  function rowFor(hit: Hit, steadyMs: number): Row {
    const row = table.find(hit.site, hit.visitor, true);
    if (row && steadyMs - row.seenMs < idleMs) return row;
    // Idle for too long, only not yet swept: this is a new visit.
    if (row) drop(row);
    const fresh = newRow(ports.randomId(), keyOf(hit.site, hit.visitor), hit, steadyMs);
    table.add(fresh);
    metrics.sessions(table.size);
    return fresh;
  }

  function shown(row: Row): Session {
    const { session } = row;
    if (session.state !== "active" || steady() - row.seenMs < idleStateMs) return session;
    return { ...session, state: "idle" };
  }

  const coolDownMs = new Map(options.campaigns.map((c) => [c.name, c.coolDownMs]));

  return {
    touch(hit) {
      const site = rules.get(hit.site);
      if (!site) {
        log.debug({ site: hit.site }, "a hit on a site that does not take part");
        return;
      }
      const steadyMs = steady();
      const row = rowFor(hit, steadyMs);
      enter(row, hit, steadyMs);
      if (site.timed.length > 0) setDue(row, site, steadyMs);
      observer.changed(row.session);
      judge(row, site, site.rules, steadyMs);
    },
    session(sessionId) {
      const row = table.byId(sessionId);
      return row && shown(row);
    },
    find(site, ref) {
      const row = table.find(site, ref, false);
      return row && shown(row);
    },
    list: (sites) => table.ofSites(sites).map(shown),
    keysOf(sessionId) {
      const row = table.byId(sessionId);
      if (!row) return [];
      // Whoever brings a cookie is known by it alone: others may share his address.
      return row.visitorId === undefined ? [...row.issued, row.addressKey] : [row.visitorId];
    },
    advance(opportunityId, state) {
      const ended = open.advance(opportunityId, state);
      if (!ended) return;
      const { opportunity, row } = ended;
      if (state !== "accepted") {
        const untilMs = steady() + (coolDownMs.get(opportunity.campaign) ?? 0);
        coolDowns.start(row, opportunity.campaign, untilMs);
        return;
      }
      row.session = { ...row.session, state: "served" };
      if (table.byId(row.session.id)) observer.changed(row.session);
    },
    learn(sessionId, facts) {
      const row = table.byId(sessionId);
      if (!row) return;
      learn(row, facts);
      observer.changed(row.session);
    },
    explain(sessionId) {
      const row = table.byId(sessionId);
      const site = row && rules.get(row.session.site);
      if (!row || !site) return [];
      const view = viewOf(row, site, steady());
      return site.rules.map((rule) => explainRule(rule, view, () => decisionOf(rule, site, view)));
    },
    count: () => table.size,
    [Symbol.dispose]() {
      report();
      dueAlarm[Symbol.dispose]();
      sweepAlarm[Symbol.dispose]();
    },
  };
}

/** The campaign's own words for an offer, if it has any. */
function messageFor(campaign: Campaign, offer: Offer): string | undefined {
  switch (offer) {
    case "contact":
      return campaign.message;
    case "callback_out_of_hours":
      return campaign.outOfHoursMessage;
    case "callback_all_busy":
      return campaign.allBusyMessage;
  }
}
