/** What the dialler has learnt of each firm's calls, written down so that a restart does not forget it. */
import { z } from "zod";
import type { Clock, Timer } from "../../model/clock.ts";
import type { Log } from "../../model/log.ts";
import type { DialLearnt, DialRecords } from "../ports.ts";
import { ALL_BINS, type LearntDurations, type LearntShare } from "./estimates.ts";

/** How many observations count, in sum. */
export const MEMORY = 300;
/** What was learnt so long ago counts half: people and lists change, and the fewer observations, the more careful the pacer is. */
const HALF_LIFE_MS = 7 * 86_400_000;
/** A process that is killed loses what it has learnt in this time. */
const LATEST_MS = 30_000;

export interface Learnt {
  readonly answers: LearntShare;
  /** How long after it was dialled a number is answered. */
  readonly delays: LearntDurations;
  readonly talking: LearntDurations;
  readonly wrapping: LearntDurations;
}

const sum = z.number().nonnegative();
/** Rounding may go beyond it a little. */
const weight = sum.max(MEMORY + 1);
const durations = z
  .object({ bins: z.array(weight).length(ALL_BINS), sumMs: sum })
  .refine(({ bins }) => bins.reduce((all, bin) => all + bin, 0) <= MEMORY + 1);
const schema: z.ZodType<Learnt> = z.object({
  answers: z.object({ yes: weight, all: weight }).refine(({ yes, all }) => yes <= all),
  delays: durations,
  talking: durations,
  wrapping: durations,
});

export interface LearntKeeper extends AsyncDisposable {
  /** What the process before has learnt of a firm, as far as it still counts; nothing, if there is none or it cannot be read. */
  before(firm: string): Learnt | undefined;
  /** Something was learnt: soon it is written down. */
  changed(firm: string): void;
}

/**
 * @param kept what was written down
 * @param learntOf what is known of a firm now
 */
export function createLearntKeeper(
  kept: readonly DialLearnt[],
  ports: { readonly clock: Clock; readonly log: Log; readonly records: DialRecords },
  learntOf: (firm: string) => Learnt | undefined,
): LearntKeeper {
  const { clock, log, records } = ports;
  const known = new Map(kept.map((one) => [one.firm, one]));
  const news = new Set<string>();
  let timer: Timer | undefined;

  const keep = async (firm: string) => {
    const learnt = learntOf(firm);
    if (!learnt) return;
    try {
      await records.saveDialLearnt({ firm, atMs: clock.nowMs(), learnt: written(learnt) });
    } catch (error) {
      log.error({ err: error, firm }, "what the dialler has learnt could not be written down");
    }
  };
  const keepAll = async () => {
    timer?.[Symbol.dispose]();
    timer = undefined;
    const firms = [...news];
    news.clear();
    await Promise.all(firms.map(keep));
  };

  return {
    before(firm) {
      const one = known.get(firm);
      const learnt = one && read(one.learnt);
      if (one && !learnt) {
        log.warn(
          { firm },
          "what the dialler had learnt cannot be read: it learns anew, at one number for each free agent",
        );
      }
      return one && learnt && faded(learnt, clock.nowMs() - one.atMs);
    },
    changed(firm) {
      news.add(firm);
      timer ??= clock.after(LATEST_MS, () => void keepAll());
    },
    [Symbol.asyncDispose]: keepAll,
  };
}

/** About 2 KB at most: the bins are of one number, and the numbers are short. */
function written(learnt: Learnt): string {
  return JSON.stringify(learnt, (_, value: unknown) =>
    typeof value === "number" ? Math.round(value * 1_000) / 1_000 : value,
  );
}

function read(text: string): Learnt | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** A clock that was put back has not made anything younger. */
function faded({ answers, delays, talking, wrapping }: Learnt, awayMs: number): Learnt {
  const left = 0.5 ** (Math.max(0, awayMs) / HALF_LIFE_MS);
  const less = ({ bins, sumMs }: LearntDurations) => ({
    bins: bins.map((bin) => bin * left),
    sumMs: sumMs * left,
  });
  return {
    answers: { yes: answers.yes * left, all: answers.all * left },
    delays: less(delays),
    talking: less(talking),
    wrapping: less(wrapping),
  };
}
