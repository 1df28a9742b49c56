import { average, type Counts, countsOf, excesses, withTrial } from "./counts.ts";

export interface Step {
  /** How many agents will be there for who answers. */
  readonly agents: Counts;
  /** The chance of each number being dialled that it will be answered. */
  readonly ringing: readonly number[];
  /** That of one that is dialled now. */
  readonly answered: number;
  /** At most this share of the answered calls may find no agent, on average. */
  readonly share: number;
  /** No more numbers at a time than this, those that ring among them. */
  readonly most: number;
}

/**
 * The largest n for which E[(X - K)+] / E[X] is at most `share`: K agents will be there, and X of the numbers being dialled, with
 * n more, will be answered. With K = k for certain and one chance p for all, X is binomial with n + r trials; with one agent and
 * p = 0.2 it gives 1, since two numbers for him would drop one answered call in ten.
 */
export function linesToAdd(step: Step): number {
  const excess = excesses(step.agents, step.most + 1);
  let x: Counts = countsOf(0, step.ringing);
  let expected = step.ringing.reduce((sum, chance) => sum + chance, 0);
  let n = 0;
  for (; step.ringing.length + n < step.most; n += 1) {
    x = withTrial(x, step.answered);
    expected += step.answered;
    if (average(x, excess) > step.share * expected + 1e-12) break;
  }
  return n;
}
