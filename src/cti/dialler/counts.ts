/**
 * How many of several independent things will happen: distributions of counts, as arrays in which index `n` has the
 * probability of exactly `n` (Poisson's binomial distribution; all the same p makes it the binomial one).
 */
export type Counts = readonly number[];

/** Nothing happens for certain. */
export const NONE: Counts = [1];

/** One more thing that may happen. */
export function withTrial(counts: Counts, p: number): number[] {
  const next = Array.from<number>({ length: counts.length + 1 }).fill(0);
  for (let n = 0; n < counts.length; n += 1) {
    const here = counts[n] ?? 0;
    next[n] = (next[n] ?? 0) + here * (1 - p);
    next[n + 1] = here * p;
  }
  return next;
}

/** `certain` things that happen, and others that may. */
export function countsOf(certain: number, probabilities: readonly number[]): Counts {
  let counts: Counts = NONE;
  for (const p of probabilities) counts = withTrial(counts, p);
  return [...Array.from<number>({ length: certain }).fill(0), ...counts];
}

/** E[(n - K)+] for n = 0 … `most`: how many of n are too many for K, on average. */
export function excesses(k: Counts, most: number): number[] {
  const excess = [0];
  let atMost = 0;
  for (let n = 0; n < most; n += 1) {
    atMost += k[n] ?? 0;
    excess.push((excess[n] ?? 0) + atMost);
  }
  return excess;
}

/** The average of a function of the count, given as an array. */
export function average(counts: Counts, of: readonly number[]): number {
  let sum = 0;
  for (let n = 0; n < counts.length; n += 1) sum += (counts[n] ?? 0) * (of[n] ?? 0);
  return sum;
}
