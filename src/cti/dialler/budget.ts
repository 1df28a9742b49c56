/** How many calls may still be dropped: the outer loop, over the regulator's window. */

/** Calls of one campaign within one hour. */
export interface HourCount {
  readonly hour: number;
  readonly answers: number;
  readonly drops: number;
}

export interface Budget {
  /** Somebody answered. */
  answered(nowMs: number): void;
  /** And no agent was there in time. */
  dropped(nowMs: number): void;
  /** Drops that would keep within the limit, if they came all at once; below 1 there is none to spend. */
  allowance(nowMs: number): number;
  /** The share of answered calls that may be dropped for now: more when there is more to spend. 0: none. */
  share(nowMs: number): number;
  /** What the regulator would count now. */
  window(nowMs: number): { readonly answers: number; readonly drops: number };
  /** The hour that `nowMs` is in, to be kept. */
  hour(nowMs: number): HourCount;
}

const HOUR_MS = 3_600_000;
/** What is aimed at, as a share of the limit: what chance may add has room above it. */
const AIM = 0.92;
/** Drops that may be saved up and spent at once: at least, and at most. */
const LEAST_SAVED = 1;
const MOST_SAVED = 12;
/** Of the answered calls, when all that can be saved is saved. */
const MOST_SHARE = 0.3;

/**
 * A bucket: each answered call adds the aimed share of a drop to it, each dropped call takes one out, and what it holds is
 * bounded by the slack that the window has between aim and limit. So over any stretch of calls whatever, not only over the
 * regulator's, drops stay below aim × answers + what was saved; and a quiet spell cannot be spent in one bad hour.
 *
 * @param kept hours of the window from before, oldest first
 */
export function createBudget(
  rule: { readonly dropLimit: number; readonly dropWindowMs: number },
  kept: readonly HourCount[],
): Budget {
  const aim = rule.dropLimit * AIM;
  const hours = new Map<number, { answers: number; drops: number }>();
  const total = { answers: 0, drops: 0 };
  let saved = 0;

  const forget = (nowMs: number) => {
    const first = Math.floor((nowMs - rule.dropWindowMs) / HOUR_MS);
    for (const [hour, count] of hours) {
      if (hour >= first) break;
      hours.delete(hour);
      total.answers -= count.answers;
      total.drops -= count.drops;
    }
  };
  const most = () =>
    Math.min(MOST_SAVED, Math.max(LEAST_SAVED, (rule.dropLimit - aim) * total.answers));
  const add = (hour: number, answers: number, drops: number) => {
    const count = hours.get(hour) ?? { answers: 0, drops: 0 };
    hours.set(hour, count);
    count.answers += answers;
    count.drops += drops;
    total.answers += answers;
    total.drops += drops;
    saved = Math.min(most(), saved + aim * answers) - drops;
  };
  const allowance = (nowMs: number) => {
    forget(nowMs);
    // One drop more is one answer more.
    const slack = rule.dropLimit * (total.answers + 1) - total.drops;
    return Math.min(saved, slack);
  };
  for (const { hour, answers, drops } of kept) add(hour, answers, drops);

  return {
    answered: (nowMs) => add(Math.floor(nowMs / HOUR_MS), 1, 0),
    dropped: (nowMs) => add(Math.floor(nowMs / HOUR_MS), 0, 1),
    allowance,
    share(nowMs) {
      const left = allowance(nowMs);
      return left < 1 ? 0 : MOST_SHARE * (left / most());
    },
    window(nowMs) {
      forget(nowMs);
      return { ...total };
    },
    hour(nowMs) {
      const hour = Math.floor(nowMs / HOUR_MS);
      return { hour, ...(hours.get(hour) ?? { answers: 0, drops: 0 }) };
    },
  };
}
