/** What the dialler estimates as it goes: shares and durations in which the latest count more, and the old fade. */

/** A share, as of calls that are answered. */
export interface Share {
  observe(yes: boolean): void;
  /** A value the true share hardly exceeds: the upper end of Wilson's interval. 1 before anything is known. */
  upper(): number;
  learnt(): LearntShare;
}

/** Sums of observations, the older the less. */
export interface LearntShare {
  readonly yes: number;
  readonly all: number;
}

/** Wilson's z: the true share is above the bound once in about 16 times. */
const Z = 1.5;

/**
 * @param memory how many observations count, in sum; the older, the less
 * @param before what was learnt before
 */
export function createShare(memory: number, before: LearntShare = { yes: 0, all: 0 }): Share {
  const keep = 1 - 1 / memory;
  let { yes, all } = before;
  return {
    observe(was) {
      yes = yes * keep + (was ? 1 : 0);
      all = all * keep + 1;
    },
    upper() {
      if (all === 0) return 1;
      const p = yes / all;
      const z2 = (Z * Z) / all;
      return (p + z2 / 2 + Math.sqrt(z2 * (p * (1 - p) + z2 / 4))) / (1 + z2);
    },
    learnt: () => ({ yes, all }),
  };
}

/** How long something takes. */
export interface Durations {
  observe(ms: number): void;
  /** The chance that what has lasted for `ageMs` ends within the next `horizonMs`. 0 while too little is known. */
  endsWithin(ageMs: number, horizonMs: number): number;
  /** The mean, ms; undefined while too little is known. */
  mean(): number | undefined;
  learnt(): LearntDurations;
}

/** How many ended in each bin, and how long they took together, ms; the older, the less. */
export interface LearntDurations {
  readonly bins: readonly number[];
  readonly sumMs: number;
}

const BINS_PER_OCTAVE = 4;
const SHORTEST_MS = 1_000;
const BINS = 12 * BINS_PER_OCTAVE;
export const ALL_BINS = BINS + 1;
const FEWEST = 10;
const NOTHING: LearntDurations = {
  bins: Array.from<number>({ length: ALL_BINS }).fill(0),
  sumMs: 0,
};

/**
 * @param memory how many observations count, in sum; the older, the less
 * @param before what was learnt before
 */
export function createDurations(memory: number, before = NOTHING): Durations {
  const keep = 1 - 1 / memory;
  const bins = [...before.bins];
  /** What lies above each bin; made when it is asked for. */
  let above: number[] | undefined;
  let { sumMs } = before;
  let all = bins.reduce((sum, bin) => sum + bin, 0);
  let count = Math.round(all);
  /** The share that lasts longer, by straight lines within a bin. */
  const longerThan = (ms: number) => {
    above ??= sumsAbove(bins);
    const at = placeOf(ms);
    const bin = Math.floor(at);
    return ((1 - (at - bin)) * (bins[bin] ?? 0) + (above[bin] ?? 0)) / all;
  };
  return {
    observe(ms) {
      for (let i = 0; i < bins.length; i += 1) bins[i] = (bins[i] ?? 0) * keep;
      const bin = Math.min(BINS, Math.floor(placeOf(ms)));
      bins[bin] = (bins[bin] ?? 0) + 1;
      all = all * keep + 1;
      sumMs = sumMs * keep + ms;
      count += 1;
      above = undefined;
    },
    endsWithin(ageMs, horizonMs) {
      if (count < FEWEST) return 0;
      const now = longerThan(ageMs);
      // Longer than anything seen: nothing is known of it.
      return now < 1e-9 ? 0 : 1 - longerThan(ageMs + horizonMs) / now;
    },
    mean: () => (count < FEWEST ? undefined : sumMs / all),
    learnt: () => ({ bins: [...bins], sumMs }),
  };
}

function sumsAbove(bins: readonly number[]): number[] {
  const above = Array.from<number>({ length: bins.length }).fill(0);
  for (let i = bins.length - 2; i >= 0; i -= 1) above[i] = (above[i + 1] ?? 0) + (bins[i + 1] ?? 0);
  return above;
}

/** The bin of a duration, with how far into it: the first is up to a second, then a quarter of an octave each. */
function placeOf(ms: number): number {
  if (ms < SHORTEST_MS) return Math.max(0, ms) / SHORTEST_MS;
  return Math.min(BINS, 1 + BINS_PER_OCTAVE * Math.log2(ms / SHORTEST_MS));
}
