import { hashOf } from "./table/hash.ts";

/**
 * Which campaigns leave which visitors alone, beyond the visit [SPEC A5]. What was said in this visit is kept in its row;
 * what must hold in the next one is kept here, 16 bytes each, as many as there may be rows: the one that ends soonest is
 * forgotten first.
 */
export interface CoolDowns {
  /** @param keys all that the visitor may come back with */
  start(keys: readonly string[], campaign: string, untilMs: number): void;
  /** Until when, steady ms; 0: it never began. */
  untilMs(key: string, campaign: string): number;
}

/** Places among which an entry is looked for. */
const WAYS = 8;

/** @param seed so that nobody can know beforehand which keys share their places */
export function createCoolDowns(most: number, seed: number): CoolDowns {
  const buckets = Math.ceil(most / WAYS);
  const until = new Float64Array(buckets * WAYS);
  /** 64 bits of hash: that two visitors are taken for one is less likely than a broken memory chip. */
  const tags = new Uint32Array(2 * buckets * WAYS);

  /** The entry's place; when it has none, the one that ends soonest. */
  function placeOf(entry: string): { at: number; high: number; low: number; isIt: boolean } {
    const [high, low] = [hashOf(entry, seed), hashOf(entry, ~seed)];
    const from = (high % buckets) * WAYS;
    let soonest = from;
    for (let at = from; at < from + WAYS; at += 1) {
      if (tags[2 * at] === high && tags[2 * at + 1] === low) return { at, high, low, isIt: true };
      if (until[at]! < until[soonest]!) soonest = at;
    }
    return { at: soonest, high, low, isIt: false };
  }

  return {
    start(keys, campaign, untilMs) {
      for (const key of keys) {
        const { at, high, low } = placeOf(`${key} ${campaign}`);
        tags[2 * at] = high;
        tags[2 * at + 1] = low;
        until[at] = untilMs;
      }
    },
    untilMs(key, campaign) {
      const { at, isIt } = placeOf(`${key} ${campaign}`);
      return isIt ? until[at]! : 0;
    },
  };
}
