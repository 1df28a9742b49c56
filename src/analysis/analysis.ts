import type { Campaign } from "../model/campaign.ts";
import type { Clock } from "../model/clock.ts";
import type { Explanation } from "../model/explanation.ts";
import type { Hit } from "../model/hit.ts";
import type { Log } from "../model/log.ts";
import type { Offer, Opportunity, OpportunityState } from "../model/opportunity.ts";
import { triggered } from "../model/priority.ts";
import type { Session } from "../model/session.ts";
import type { Site } from "../model/site.ts";
import type { VisitorFacts, VisitorRef } from "../model/visitor.ts";
import { createAlarm } from "./alarm.ts";
import { createCaps, keysToComeBackWith } from "./caps.ts";
import { createJudge, type Verdict } from "./judge.ts";
import { createLoad } from "./load.ts";
import { createOpenOpportunities } from "./opportunities.ts";
import type {
  AnalysisMetrics,
  CookieSink,
  OpportunitySink,
  SessionObserver,
  StaffingSource,
} from "./ports.ts";
import { enter, learn, restore, type Row } from "./row.ts";
import { leaving, type Rule, rulesBySite, type SiteRules } from "./rules.ts";
import { hashOf } from "./table/hash.ts";
import { createSessionTable } from "./table/session-table.ts";
import { createWalk, rulesToAsk } from "./walk.ts";

/** What may change while the analysis runs. */
export interface AnalysisRules {
  readonly sites: readonly Site[];
  readonly campaigns: readonly Campaign[];
}

export interface AnalysisOptions extends AnalysisRules {
  /** Hard bound of the session activity table: rows, and 500 bytes for each of them. */
  readonly mostSessions: number;
  /** Rows are deleted after so long without a hit and without an open page [0059], ms. */
  readonly idleMs: number;
}

export interface AnalysisPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: AnalysisMetrics;
  readonly staffing: StaffingSource;
  readonly opportunities: OpportunitySink;
  readonly observer: SessionObserver;
  readonly cookies: CookieSink;
  randomId(): string;
}

/** The session activity table and the criteria over it: hits go in, opportunities come out. */
export interface Analysis extends Disposable {
  touch(hit: Hit): void;
  session(sessionId: string): Session | undefined;
  /** The visit a request belongs to; asking does not prolong it. */
  find(site: string, ref: VisitorRef): Session | undefined;
  /** The latest visits of the sites, latest first, at most so many. */
  latest(sites: readonly string[], most: number): Session[];
  /** What an edge can recognise a request of this visitor by: visitor ids, address key. */
  keysOf(sessionId: string): readonly string[];
  /** A page of the visit is open: its row stays until it is let go. */
  hold(sessionId: string): void;
  letGo(sessionId: string): void;
  /** What became of an opportunity. What is unknown or cannot be is logged and ignored. */
  advance(opportunityId: string, state: OpportunityState): void;
  /** How many contacts can be expected of what is on its way to the firm's visitors and agents. */
  expected(firm: string): number;
  /** New facts about a visitor, in the table at once. */
  learn(sessionId: string, facts: VisitorFacts): void;
  /** What every campaign of the site says of the visitor now, and why it has no consequence. */
  explain(sessionId: string): readonly Explanation[];
  /** Rows of the table; of these sites, if they are named. */
  count(sites?: readonly string[]): number;
  /** Memory that the table takes, bytes. */
  bytes(): number;
  /**
   * From now on these rules count. Visits stay, also those of sites that take part no more: until they fall silent. New criteria that
   * time alone makes true are asked of visitors who are there, too, within about half a minute of a million of them.
   *
   * @throws {CriterionProblem} as `createAnalysis` does; then nothing has changed
   * @throws {RangeError} when there are more sites than the table has room for
   */
  use(rules: AnalysisRules): void;
}

const LONGEST_TICK_MS = 5_000;
const SHORTEST_TICK_MS = 50;
/** Work of one turn, rows: some milliseconds, so that hits are not kept waiting. */
const ROWS_PER_TURN = 1_000;
/** A visitor without a hit for so long is shown as idle, ms. */
const IDLE_STATE_MS = 60_000;
/** Opportunities that may be open at once. A desk that had more of them would help nobody. */
const MOST_OPEN = 10_000;

/**
 * Makes the analysis. Criteria are compiled here, once.
 *
 * @throws {CriterionProblem} for a campaign whose criterion is wrong; `criterionProblem` finds that out beforehand
 */
export function createAnalysis(options: AnalysisOptions, ports: AnalysisPorts): Analysis {
  const { idleMs, mostSessions } = options;
  const { clock, log, metrics, observer } = ports;
  let rules = rulesBySite(options.sites, options.campaigns);
  const epoch = ports.randomId();
  /** Also those that are gone: of an opportunity that is still open. */
  const campaigns = new Map(options.campaigns.map((campaign) => [campaign.name, campaign]));
  const firms = new Map(options.sites.map((site) => [site.name, site.firm]));
  const caps = createCaps(mostSessions, hashOf(epoch, 1));
  const load = createLoad();
  const open = createOpenOpportunities(MOST_OPEN, log);
  const table = createSessionTable(mostSessions, [...rules.keys()], epoch, (row, oldKey) => {
    const here = rules.get(row.session.site)!.rules.map(({ campaign }) => campaign);
    caps.follow(here, oldKey, row, clock.steadyMs());
  });
  const judge = createJudge(() => rules.values(), {
    clock,
    metrics,
    staffing: ports.staffing,
    caps,
    load,
    room: () => open.room,
  });
  const evicted = { idle: 0, bound: 0, withdrawn: 0 };
  const idleStateMs = Math.min(IDLE_STATE_MS, idleMs / 2);
  const tickMs = Math.max(SHORTEST_TICK_MS, Math.min(LONGEST_TICK_MS, idleMs / 4));
  const dueAlarm = createAlarm(clock, ringDue);
  const sweepAlarm = createAlarm(clock, sweep);
  sweepAlarm.set(clock.steadyMs() + tickMs);
  const walk = createWalk(clock, table, (row, asked) => askInTime(row, asked, clock.steadyMs()));

  function left(row: Row, reason: keyof typeof evicted): void {
    evicted[reason] += 1;
    if (row.openOpportunity) open.left(row.openOpportunity.id, keysToComeBackWith(row));
    observer.ended(row.session.id, row.session.site);
  }

  function drop(row: Row, reason: "idle" | "withdrawn" = "idle"): void {
    table.remove(row);
    left(row, reason);
  }

  /** Forgets the visit of a cookie that its visitor does not allow any more. */
  function forget({ site, visitor }: Hit, visitorId: string): void {
    const row = table.find(site, { ...visitor, cookie: "returned", visitorId });
    if (row) drop(row, "withdrawn");
  }

  /** Deletes rows that have been silent for too long [0059]. */
  function sweep(): void {
    report();
    const nowMs = clock.steadyMs();
    let dropped = 0;
    for (const site of rules.keys()) {
      for (;;) {
        const row = table.silent(site, nowMs - idleMs, nowMs);
        if (!row) break;
        drop(row);
        dropped += 1;
        if (dropped < ROWS_PER_TURN) continue;
        sweepAlarm.set(nowMs + SHORTEST_TICK_MS);
        return;
      }
    }
    sweepAlarm.set(nowMs + tickMs);
  }

  function report(): void {
    judge.report();
    metrics.sessions(table.size, table.bytes);
    for (const reason of ["idle", "bound", "withdrawn"] as const) {
      if (evicted[reason] > 0) metrics.sessionsEvicted(reason, evicted[reason]);
      evicted[reason] = 0;
    }
  }

  /** Asks the criteria of rows whose time has come. */
  function ringDue(): void {
    const nowMs = clock.steadyMs();
    for (let turn = 0; turn < ROWS_PER_TURN; turn += 1) {
      const next = table.firstDue();
      if (!next || next.dueMs > nowMs) break;
      const row = table.at(next.place);
      askInTime(row, rules.get(row.session.site)!.timed, nowMs);
    }
    const next = table.firstDue();
    if (next) dueAlarm.set(next.dueMs);
  }

  /** Asks what time alone can make true, though nothing happened. */
  function askInTime(row: Row, asked: readonly Rule[], steadyMs: number): void {
    const site = rules.get(row.session.site)!;
    setDue(row, site, steadyMs);
    const verdicts = judge.judge(row, site, asked, steadyMs);
    if (verdicts.length > 0) act(row, verdicts, steadyMs, () => table.save(row));
  }

  function setDue(row: Row, site: SiteRules, steadyMs: number): void {
    const atMs = site.nextDueMs(row, steadyMs, clock.nowMs()) ?? Infinity;
    table.setDue(row, atMs);
    if (atMs !== Infinity) dueAlarm.set(atMs);
  }

  /** Saves the row before anybody is told: who is told looks it up. */
  function act(row: Row, verdicts: readonly Verdict[], steadyMs: number, save: () => void): void {
    let found: Opportunity | undefined;
    for (const { campaign, offer } of verdicts) {
      caps.given(campaign, row, steadyMs);
      if (offer !== undefined) found = opportunityOf(row, campaign, offer);
    }
    if (found) row.openOpportunity = { id: found.id, campaign: found.campaign };
    save();
    if (!found) return;
    open.add(found);
    if (found.offer === "contact") load.began(firmOf(found), found.mode);
    metrics.opportunity(found.campaign, found.offer);
    ports.opportunities.found(found, row.session);
  }

  function opportunityOf(row: Row, campaign: Campaign, offer: Offer): Opportunity {
    const message = messageFor(campaign, offer);
    return {
      id: ports.randomId(),
      sessionId: row.session.id,
      site: campaign.site,
      campaign: campaign.name,
      criterion: campaign.when,
      mode: campaign.mode,
      offer,
      ...(message !== undefined && { message }),
      firedMs: clock.nowMs(),
      state: "open",
    };
  }

  const firmOf = ({ site }: Opportunity) => firms.get(site)!;

  function rowFor(hit: Hit, steadyMs: number): Row {
    const row = table.find(hit.site, hit.visitor);
    if (row && steadyMs - row.keptMs < idleMs) return row;
    // Idle for too long, only not yet swept: this is a new visit.
    if (row) drop(row);
    return table.add(hit, steadyMs);
  }

  function shown({ session, seenMs }: Row): Session {
    if (session.state !== "active" || clock.steadyMs() - seenMs < idleStateMs) return session;
    return { ...session, state: "idle" };
  }

  return {
    touch(hit) {
      const site = rules.get(hit.site);
      if (!site || site.leaving) {
        log.debug({ site: hit.site }, "a hit on a site that does not take part");
        return;
      }
      const steadyMs = clock.steadyMs();
      if (hit.withdrawn !== undefined) forget(hit, hit.withdrawn);
      const row = rowFor(hit, steadyMs);
      enter(row, hit, steadyMs);
      const lost = restore(row);
      const { history } = row.session;
      const raised = history && triggered(history, site.site.priority ?? {});
      if (raised) learn(row, raised);
      if (site.timed.length > 0) setDue(row, site, steadyMs);
      act(row, judge.judge(row, site, site.rules, steadyMs), steadyMs, () => {
        table.touch(row);
        for (const displaced of table.displaced()) left(displaced, "bound");
        if (raised) ports.cookies.lacks(row.session, raised);
        if (lost) ports.cookies.lacks(row.session, { atMs: clock.nowMs(), ...lost });
        observer.changed(row.session);
      });
    },
    session(sessionId) {
      const row = table.byId(sessionId);
      return row && shown(row);
    },
    find(site, ref) {
      const row = table.find(site, ref);
      return row && shown(row);
    },
    latest: (sites, most) =>
      [...new Set(sites)]
        .flatMap((site) => table.latest(site, most))
        .sort((a, b) => b.seenMs - a.seenMs)
        .slice(0, most)
        .map(shown),
    keysOf(sessionId) {
      const row = table.byId(sessionId);
      if (!row) return [];
      // Whoever brings a cookie is known by it alone: others may share his address.
      return row.visitorId === undefined ? [...row.issued, row.addressKey] : [row.visitorId];
    },
    hold: (sessionId) => table.hold(sessionId),
    letGo: (sessionId) => table.letGo(sessionId, clock.steadyMs()),
    advance(opportunityId, state) {
      const moved = open.advance(opportunityId, state);
      if (!moved) return;
      const { opportunity, from, ended, keys = [] } = moved;
      const accepted = state === "accepted";
      if (ended && opportunity.offer === "contact") {
        load.ended(firmOf(opportunity), opportunity.mode, accepted);
      }
      const row = table.byId(opportunity.sessionId);
      // An alert that nobody took is nothing that the visitor has noticed.
      if (state === "invited" || (from === "invited" && !accepted)) {
        caps.invited(campaigns.get(opportunity.campaign)!, row, keys, clock.steadyMs());
      }
      if (!row) return;
      if (ended && row.openOpportunity?.id === opportunityId) row.openOpportunity = undefined;
      if (accepted) row.session = { ...row.session, state: "served" };
      table.save(row);
      if (accepted) observer.changed(row.session);
    },
    learn(sessionId, facts) {
      const row = table.byId(sessionId);
      if (!row) return;
      learn(row, facts);
      table.save(row);
      observer.changed(row.session);
    },
    expected: (firm) => load.expected(firm),
    explain(sessionId) {
      const row = table.byId(sessionId);
      const site = row && rules.get(row.session.site);
      return row && site ? judge.explain(row, site, clock.steadyMs()) : [];
    },
    count: (sites) =>
      sites ? sites.reduce((sum, site) => sum + table.countOf(site), 0) : table.size,
    bytes: () => table.bytes,
    use(next) {
      judge.report();
      const nextRules = new Map(rulesBySite(next.sites, next.campaigns));
      for (const [name, { site }] of rules) {
        if (!nextRules.has(name) && table.countOf(name) > 0) nextRules.set(name, leaving(site));
      }
      table.useSites([...nextRules.keys()]);
      const asked = rulesToAsk(rules, nextRules, walk.under);
      rules = nextRules;
      walk.begin(asked);
      for (const campaign of next.campaigns) campaigns.set(campaign.name, campaign);
      for (const { name, firm } of next.sites) firms.set(name, firm);
    },
    [Symbol.dispose]() {
      report();
      dueAlarm[Symbol.dispose]();
      sweepAlarm[Symbol.dispose]();
      walk[Symbol.dispose]();
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
