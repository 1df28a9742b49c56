import type { Clock } from "../model/clock.ts";

/** A leap that nobody should take for waiting: the clock was set, or the machine slept. */
export const LEAP_MS = 30_000;

/**
 * Time that only passes: what the wall clock says, without its leaps. When the machine's clock is set back, it stands still
 * for that step; when it is set forward by more than {@link LEAP_MS} between two readings, the leap does not count. So an
 * operator who sets the clock neither empties the session table nor makes every visitor seem to have waited for an hour.
 * It must be read at least every {@link LEAP_MS}, or an honest wait is taken for a leap.
 *
 * @returns the reading, in ms, comparable with other readings only
 */
export function steadyTime(clock: Clock): () => number {
  let wallMs = clock.nowMs();
  let steadyMs = 0;
  return () => {
    const nowMs = clock.nowMs();
    const stepMs = nowMs - wallMs;
    wallMs = nowMs;
    if (stepMs > 0 && stepMs < LEAP_MS) steadyMs += stepMs;
    return steadyMs;
  };
}
