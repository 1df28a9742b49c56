import { LRUCache } from "lru-cache";
import type { Clock } from "../model/clock.ts";

/** Counts requests by what they come from, and says when it is too many. */
export interface Flood {
  /** Whether one more is within bounds for every key; then it is counted for each. */
  admit(keys: readonly string[]): boolean;
}

/**
 * At most `most` requests of one key in any `windowMs`. The memory is bounded: of more than 50,000 keys the oldest are
 * forgotten first.
 */
export function createFlood(
  options: { readonly most: number; readonly windowMs: number },
  clock: Clock,
): Flood {
  const times = new LRUCache<string, readonly number[]>({ max: 50_000 });
  return {
    admit(keys) {
      const nowMs = clock.nowMs();
      const recent = keys.map((key) => ({
        key,
        // A clock that was set back must not lock anybody out.
        at: (times.get(key) ?? []).filter((ms) => ms > nowMs - options.windowMs && ms <= nowMs),
      }));
      if (recent.some(({ at }) => at.length >= options.most)) return false;
      for (const { key, at } of recent) times.set(key, [...at, nowMs]);
      return true;
    },
  };
}
