/** How many numbers may be dialled now: the step rule, over what has been learnt. */
import { countsOf } from "./counts.ts";
import { createDurations, createShare, type Durations } from "./estimates.ts";
import { type Learnt, MEMORY } from "./learnt.ts";
import { linesToAdd } from "./step-rule.ts";

/** An agent who is not free, and since when he does what he does. */
export interface Busy {
  readonly doing: "talking" | "wrapping";
  readonly ageMs: number;
}

/** The agents of a queue, and the numbers that are being dialled for them. */
export interface Team {
  /** Agents with nothing in hand. */
  readonly free: number;
  readonly busy: readonly Busy[];
  /** Since when each number is being dialled, ms. */
  readonly ringing: readonly number[];
  /** People who have answered and have no agent yet. */
  readonly waiting: number;
}

/** What the pacer may spend. */
export interface Allowed {
  /** The share of answered calls that may find no agent; 0: none. */
  readonly share: number;
  /** How many may find none, if it comes to the worst. */
  readonly drops: number;
}

export interface Pacer {
  /**
   * How many more numbers may be dialled now. Never more than there are free agents and drops that may be spent: should all be
   * answered at once the limit holds, however wrong what was learnt may be.
   */
  more(team: Team, allowed: Allowed): number;
  /** A number was answered so long after it was dialled, ms. */
  answered(afterMs: number): void;
  /** It was not. */
  unanswered(): void;
  /** An agent has ended a conversation, or the work after it. */
  done(doing: Busy["doing"], tookMs: number): void;
  /** All that it has learnt. */
  learnt(): Learnt;
}

/** Lines per agent, however few answer. */
const MOST_LINES = 10;

/** @param before what another one has learnt */
export function createPacer(before?: Learnt): Pacer {
  const answers = createShare(MEMORY, before?.answers);
  const delays = createDurations(MEMORY, before?.delays);
  const times: Record<Busy["doing"], Durations> = {
    talking: createDurations(MEMORY, before?.talking),
    wrapping: createDurations(MEMORY, before?.wrapping),
  };

  /** The chance that a number being dialled for so long is still answered (Bayes: it was not yet). */
  const stillAnswered = (ageMs: number): number => {
    const p = answers.upper();
    const later = 1 - delays.endsWithin(0, ageMs);
    return (p * later) / (p * later + 1 - p) || 0;
  };
  const freeSoon = ({ doing, ageMs }: Busy, horizonMs: number): number => {
    const ends = times[doing].endsWithin(ageMs, horizonMs);
    if (doing === "wrapping" || ends === 0) return ends;
    // After the talk comes the work; on average the talk ends in the middle of the time there is.
    return ends * times.wrapping.endsWithin(0, horizonMs / 2);
  };

  return {
    more(team, allowed) {
      const open = team.free - team.waiting;
      const certain = Math.max(0, open - team.ringing.length);
      const most = open + Math.max(0, Math.floor(allowed.drops));
      if (allowed.share === 0 || most <= open) return certain;
      const horizonMs = delays.mean();
      if (horizonMs === undefined) return certain;
      const agents = countsOf(
        Math.max(0, open),
        team.busy.map((busy) => freeSoon(busy, horizonMs)),
      );
      const n = linesToAdd({
        agents,
        ringing: team.ringing.map(stillAnswered),
        answered: answers.upper(),
        share: allowed.share,
        most: Math.min(most, MOST_LINES * (team.free + team.busy.length)),
      });
      return Math.max(n, certain);
    },
    answered(afterMs) {
      answers.observe(true);
      delays.observe(afterMs);
    },
    unanswered: () => answers.observe(false),
    done: (doing, tookMs) => times[doing].observe(tookMs),
    learnt: () => ({
      answers: answers.learnt(),
      delays: delays.learnt(),
      talking: times.talking.learnt(),
      wrapping: times.wrapping.learnt(),
    }),
  };
}
