/** The model's tables and pure functions: one test for each rule. */
import t from "tap";
import { alertTransitions } from "./alert.ts";
import { callTransitions, legTransitions } from "./call.ts";
import { callbackTransitions } from "./callback.ts";
import { interactionTransitions } from "./interaction.ts";
import { invitationTransitions } from "./invitation.ts";
import { opportunityTransitions } from "./opportunity.ts";
import { localClock } from "./local-time.ts";
import { isOpen } from "./opening-hours.ts";
import { mayMove, move, type TransitionTable } from "./transition.ts";
import { firstVisit, isPriority, MOST_VISITS_KEPT, seenAgain, withFacts } from "./visitor.ts";

const tables: Readonly<Record<string, TransitionTable<string>>> = {
  alert: alertTransitions,
  call: callTransitions,
  callback: callbackTransitions,
  interaction: interactionTransitions,
  invitation: invitationTransitions,
  leg: legTransitions,
  opportunity: opportunityTransitions,
};

/** Where things begin that do not begin with the first state of their table. */
const beginnings: Readonly<Record<string, readonly string[]>> = {
  call: ["calling_agent", "dialling"],
};

for (const [name, table] of Object.entries(tables)) {
  t.test(`${name}: every state can be reached, and an end from each`, (t) => {
    const states = Object.keys(table);
    const first = beginnings[name] ?? states.slice(0, 1);
    const reachable = (from: string, seen = new Set([from])): Set<string> => {
      for (const next of table[from] ?? []) if (!seen.has(next)) reachable(next, seen.add(next));
      return seen;
    };
    const reached = new Set(first.flatMap((state) => [...reachable(state)]));
    t.same([...reached].sort(), [...states].sort());
    for (const state of states) {
      t.ok(
        [...reachable(state)].some((s) => table[s]?.length === 0),
        `an end from ${state}`,
      );
      t.notOk(table[state]?.includes(state), `${state} does not follow itself`);
    }
    for (const from of states) {
      for (const to of states) {
        if (mayMove(table, from, to)) t.equal(move(name, table, from, to), to);
        else t.throws(() => move(name, table, from, to), { code: "WL_ILLEGAL_TRANSITION" });
      }
    }
    t.end();
  });
}

const HOUR_MS = 3_600_000;
const GAP_MS = HOUR_MS / 2;

t.test("a page within the gap belongs to the visit, a later one begins another", (t) => {
  const first = firstVisit("id", 1_000_000);
  const soon = seenAgain(first, 1_000_000 + 60_000, GAP_MS);
  t.match(soon, { visitCount: 1, timeSpentMs: 60_000, visitsMs: [1_000_000] });
  const later = seenAgain(soon, 1_000_000 + HOUR_MS, GAP_MS);
  t.match(later, {
    visitCount: 2,
    timeSpentMs: 60_000,
    visitsMs: [1_000_000, 1_000_000 + HOUR_MS],
  });
  t.equal(later.firstSeenMs, 1_000_000);
  t.end();
});

t.test("the history does not grow without end, the count goes on", (t) => {
  let history = firstVisit("id", 0);
  for (let visit = 1; visit <= 40; visit++) history = seenAgain(history, visit * HOUR_MS, GAP_MS);
  t.equal(history.visitsMs.length, MOST_VISITS_KEPT);
  t.equal(history.visitCount, 41);
  t.equal(history.visitsMs.at(-1), 40 * HOUR_MS);
  t.end();
});

t.test("a clock that went back does no harm", (t) => {
  const history = seenAgain(firstVisit("id", 10 * HOUR_MS), 9 * HOUR_MS, GAP_MS);
  t.match(history, { visitCount: 1, timeSpentMs: 0 });
  t.end();
});

t.test("facts: the newest wins, in any order", (t) => {
  const history = withFacts(firstVisit("id", 0), { atMs: 20, priority: 7, name: "Jane" });
  t.match(history, { priority: 7, name: "Jane" });
  t.equal(withFacts(history, { atMs: 10, priority: 0 }).priority, 7, "an old one is ignored");
  t.match(withFacts(history, { atMs: 30, priority: 0 }), { priority: 0, name: "Jane" });
  t.end();
});

t.test("priorities are whole numbers from 0 to 9", (t) => {
  t.ok([0, 5, 9].every(isPriority));
  t.notOk([-1, 10, 1.5, "3", null].some(isPriority));
  t.end();
});

t.test("opening hours are the site's own, summer and winter", (t) => {
  const hours = [{ weekday: 1, fromMinute: 8 * 60, toMinute: 18 * 60 }];
  const berlin = localClock("Europe/Berlin");
  const open = (iso: string) => isOpen(hours, berlin(Date.parse(iso)));
  t.notOk(open("2026-01-05T06:59:00Z"), "a winter Monday, 07:59 in Berlin");
  t.ok(open("2026-01-05T07:00:00Z"), "08:00");
  t.ok(open("2026-07-06T06:00:00Z"), "a summer Monday, 08:00");
  t.notOk(open("2026-07-06T16:00:00Z"), "18:00 is closed");
  t.notOk(open("2026-01-06T10:00:00Z"), "a Tuesday");
  t.ok(isOpen([], berlin(0)), "no hours given: always");
  t.end();
});
