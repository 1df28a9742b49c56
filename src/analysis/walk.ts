import type { Clock } from "../model/clock.ts";
import { createAlarm } from "./alarm.ts";
import type { Row } from "./row.ts";
import type { Rule } from "./rules.ts";

/** Rules, by the names of their sites. */
export type RulesToAsk = ReadonlyMap<string, readonly Rule[]>;

/** Goes through the table to ask new rules of rows that are there already, a few at a time, so that hits are not kept waiting. */
export interface Walk extends Disposable {
  /** Sites whose rows it has not all been to yet. */
  readonly under: RulesToAsk;
  /** Begins from the start, with these rules. */
  begin(asked: RulesToAsk): void;
}

/** Work of one turn: so many ms, or rows; and the pause behind it. A million rows take about half a minute. */
const TURN_MS = 3;
const ROWS_PER_TURN = 500;
const PAUSE_MS = 10;

export function createWalk(
  clock: Clock,
  table: {
    /** The first row at this place or behind it. */
    from(place: number): Row | undefined;
  },
  ask: (row: Row, rules: readonly Rule[]) => void,
): Walk {
  let under: RulesToAsk = new Map();
  let place = 0;
  const alarm = createAlarm(clock, () => {
    const untilMs = clock.steadyMs() + TURN_MS;
    for (let rows = 0; rows < ROWS_PER_TURN && clock.steadyMs() <= untilMs; rows += 1) {
      const row = table.from(place);
      if (!row) {
        under = new Map();
        return;
      }
      place = row.place + 1;
      const rules = under.get(row.session.site);
      if (rules) ask(row, rules);
    }
    alarm.set(clock.steadyMs() + PAUSE_MS);
  });
  return {
    get under() {
      return under;
    },
    begin(asked) {
      under = asked;
      place = 0;
      if (asked.size > 0) alarm.set(clock.steadyMs());
    },
    [Symbol.dispose]: () => alarm[Symbol.dispose](),
  };
}

/** What is to be asked of the rows that are there: rules of time that were not there before, or were others. */
export function rulesToAsk(
  before: ReadonlyMap<string, { readonly rules: readonly Rule[] }>,
  now: ReadonlyMap<string, { readonly timed: readonly Rule[] }>,
  under: RulesToAsk,
): RulesToAsk {
  const key = ({ campaign }: Rule) => JSON.stringify(campaign);
  const asked = new Map<string, readonly Rule[]>();
  for (const [site, { timed }] of now) {
    // Those that were still to be asked may be any of them.
    const known = under.has(site) ? [] : (before.get(site)?.rules ?? []);
    const all = new Set(known.map(key));
    const fresh = timed.filter((rule) => !all.has(key(rule)));
    if (fresh.length > 0) asked.set(site, fresh);
  }
  return asked;
}
