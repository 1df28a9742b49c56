import * as fc from "fast-check";
import t from "tap";
import { FakeClock } from "../../test/fake-clock.ts";
import {
  type Opportunity,
  type OpportunityState,
  opportunityTransitions,
} from "../model/opportunity.ts";
import { mayMove } from "../model/transition.ts";
import type { VisitorRef } from "../model/visitor.ts";
import { createAnalysis } from "./analysis.ts";

const MOST = 3;
const COOL_DOWN_MS = 10_000;
const PER_PAGE = 1;
const PER_VISIT = 2;
const PER_VISITOR = 3;
const log = { debug() {}, info() {}, warn() {}, error() {} };

const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant("hit" as const),
      who: fc.nat(4),
      cookie: fc.constantFrom("none" as const, "issued" as const, "returned" as const),
      page: fc.nat(3),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("wait" as const), ms: fc.nat(30_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("jump" as const),
      hours: fc.integer({ min: -250, max: 250 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant("news" as const),
      // How many opportunities ago.
      which: fc.nat(3),
      states: fc.constantFrom<readonly OpportunityState[]>(
        ["alerted"],
        ["accepted"],
        ["invited", "declined"],
        ["alerted", "expired"],
        ["declined"],
        ["alerted", "invited", "accepted"],
        ["expired", "declined"],
      ),
    }),
  },
);

function refOf({ who, cookie }: { who: number; cookie: VisitorRef["cookie"] }): VisitorRef {
  const addressKey = `k${who % 3}`;
  return cookie === "none" ? { cookie, addressKey } : { cookie, addressKey, visitorId: `v${who}` };
}

t.test("no order of events breaks the bound of the table or a cap", (t) => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 20, maxLength: 120, size: "max" }), (events) => {
      const clock = new FakeClock();
      const found: Opportunity[] = [];
      const states = new Map<string, OpportunityState>();
      const open = new Map<string, string>();
      const quietUntilMs = new Map<string, number>();
      const served = new Set<string>();
      let waitedMs = 0;
      const perVisit = new Map<string, number>();
      const perVisitor = new Map<string, number>();
      const pages = new Set<string>();
      /** Whose cookie a visit has brought. */
      const visitors = new Map<string, VisitorRef>();
      const live = new Set<string>();
      let ids = 0;

      function advanceModel({ id, sessionId, campaign }: Opportunity, to: OpportunityState): void {
        const from = states.get(id);
        if (from === undefined || !mayMove(opportunityTransitions, from, to)) return;
        states.set(id, to);
        // An alert that nobody took is nothing that the visitor has noticed.
        if (to === "invited" || (from === "invited" && to !== "accepted")) {
          quietUntilMs.set(`${sessionId} ${campaign}`, waitedMs + COOL_DOWN_MS);
        }
        if (opportunityTransitions[to].length > 0) return;
        if (open.get(sessionId) === id) open.delete(sessionId);
        if (to === "accepted") served.add(sessionId);
      }

      const analysis = createAnalysis(
        {
          sites: [
            {
              name: "s",
              hosts: ["s.example"],
              origins: [],
              firm: "f",
              country: "DE",
              timeZone: "UTC",
              hours: [],
              reservedPath: "/.warmline/",
              excludedPaths: [],
              engagement: "on",
            },
          ],
          campaigns: ["page.seconds >= 20", "pages >= 2", 'visited("/1")'].map((when, i) => ({
            name: `c${i}`,
            site: "s",
            mode: "alert_first",
            when,
            message: "m",
            coolDownMs: COOL_DOWN_MS,
            perPage: PER_PAGE,
            perVisit: PER_VISIT,
            perVisitor: PER_VISITOR,
            holdOut: 0,
            outOfHours: true,
          })),
          mostSessions: MOST,
          idleMs: 120_000,
        },
        {
          clock,
          log,
          metrics: {
            sessions() {},
            sessionsEvicted() {},
            evaluated() {},
            opportunity() {},
            suppressed() {},
          },
          staffing: { staffing: () => ({ onDuty: 1, free: 1 }) },
          opportunities: {
            found(opportunity, session) {
              if (open.has(session.id)) throw new Error("two at a time");
              const key = `${session.id} ${opportunity.campaign}`;
              const count = (perVisit.get(key) ?? 0) + 1;
              if (served.has(session.id)) throw new Error("served, and asked again");
              // Time-based criteria fire within a wait, so the end of the wait is what is compared.
              if ((quietUntilMs.get(key) ?? 0) > waitedMs) throw new Error("not left alone");
              states.set(opportunity.id, "open");
              if (count > PER_VISIT) throw new Error("too many in one visit");
              const page = `${key} ${session.trail.at(-1)?.url}`;
              if (pages.has(page)) throw new Error("twice on one page");
              pages.add(page);
              const { visitorId } = visitors.get(session.id) ?? {};
              if (visitorId !== undefined) {
                const visitor = `${visitorId} ${opportunity.campaign}`;
                const had = (perVisitor.get(visitor) ?? 0) + 1;
                if (had > PER_VISITOR) throw new Error("too many of one visitor");
                perVisitor.set(visitor, had);
              }
              perVisit.set(key, count);
              open.set(session.id, opportunity.id);
              found.push(opportunity);
            },
          },
          observer: {
            changed: (session) => void live.add(session.id),
            ended: (id) => void live.delete(id),
          },
          cookies: { lacks() {} },
          randomId: () => `${(ids += 1)}`,
        },
      );
      for (const e of events) {
        if (e.what === "hit") {
          const visitor = refOf(e);
          const known = analysis.find("s", visitor);
          if (known && e.cookie === "returned") visitors.set(known.id, visitor);
          analysis.touch({
            site: "s",
            atMs: clock.nowMs(),
            kind: "page",
            url: `/${e.page}`,
            status: 200,
            address: "192.0.2.1",
            visitor,
            consent: visitor.cookie === "none" ? "none" : "identified",
          });
        } else if (e.what === "wait") {
          waitedMs += e.ms;
          clock.advance(e.ms);
        } else if (e.what === "jump") clock.jump(e.hours * 3_600_000);
        else if (found.length > 0) {
          const opportunity = found.at(-1 - (e.which % found.length))!;
          for (const state of e.states) {
            analysis.advance(opportunity.id, state);
            advanceModel(opportunity, state);
          }
        }
        if (analysis.count() > MOST || live.size !== analysis.count()) return false;
        if (analysis.latest(["s"], 9).length !== analysis.count()) return false;
      }
      analysis[Symbol.dispose]();
      return true;
    }),
    { numRuns: 300 },
  );
  t.pass("none was found");
  t.end();
});
