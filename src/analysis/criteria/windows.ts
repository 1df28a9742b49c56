import type { WallView } from "./facts.ts";

export type Moment = number | { readonly atMs: number };

const atMsOf = (moment: Moment) => (typeof moment === "number" ? moment : moment.atMs);

/**
 * Windows up to so long are looked at when they run out; those that are longer, as visits are short, with the next page.
 */
export const LONGEST_WATCHED_MS = 3_600_000;

/** Those within the window, which ends now. */
export function within<Item extends Moment>(
  items: readonly Item[] | undefined,
  { nowMs }: WallView,
  windowMs: number,
): readonly Item[] | undefined {
  return items?.filter((item) => atMsOf(item) > nowMs - windowMs);
}

export function countWithin(
  items: readonly Moment[] | undefined,
  { nowMs }: WallView,
  windowMs: number,
): number | undefined {
  if (!items) return undefined;
  let count = 0;
  for (const item of items) if (atMsOf(item) > nowMs - windowMs) count += 1;
  return count;
}

/** In how many ms the first of them leaves the window; Infinity when none does. */
export function changeOf(
  items: readonly Moment[] | undefined,
  { nowMs }: WallView,
  windowMs: number,
): number {
  let soonest = Infinity;
  for (const item of items ?? []) {
    const leavesInMs = atMsOf(item) + windowMs - nowMs;
    if (leavesInMs > 0 && leavesInMs < soonest) soonest = leavesInMs;
  }
  return soonest;
}
