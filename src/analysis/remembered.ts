import { hashOf } from "./table/hash.ts";

/**
 * Numbers that must outlive a visit: until when a campaign leaves a visitor alone, how often it has had him [SPEC A5]. As many
 * as there may be rows, 24 bytes each; when there are too many, the one that ends soonest is forgotten first.
 */
export interface Remembered {
  /** @param keys all that the visitor may come back with @param about what the number says, and of which campaign */
  set(keys: readonly string[], about: string, value: number, untilMs: number): void;
  /** 0 when there is none. */
  get(key: string, about: string): number;
}

/** Places among which an entry is looked for. */
const WAYS = 8;

/** @param seed so that nobody can know beforehand which keys share their places */
export function createRemembered(most: number, seed: number): Remembered {
  const buckets = Math.ceil(most / WAYS);
  const values = new Float64Array(buckets * WAYS);
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
    set(keys, about, value, untilMs) {
      for (const key of keys) {
        const { at, high, low } = placeOf(`${key} ${about}`);
        tags[2 * at] = high;
        tags[2 * at + 1] = low;
        values[at] = value;
        until[at] = untilMs;
      }
    },
    get(key, about) {
      const { at, isIt } = placeOf(`${key} ${about}`);
      return isIt ? values[at]! : 0;
    },
  };
}
