import type { Clock } from "../../model/clock.ts";

interface Held {
  readonly site: string;
  readonly keys: readonly string[];
  readonly expiresMs: number;
}

/** Things held for visitors until they are fetched, withdrawn or expired; the oldest goes when there are too many. */
export interface HeldThings<T extends Held> {
  put(id: string, thing: T): void;
  /** Whether it was there. */
  delete(id: string): boolean;
  /** Of this site and with one of the keys. */
  find(site: string, keys: readonly string[]): T | undefined;
  all(): T[];
  clear(): void;
}

export function createHeld<T extends Held>(clock: Clock, most: number): HeldThings<T> {
  const things = new Map<string, T>();
  const byKey = new Map<string, string>();
  const keyOf = (site: string, key: string) => `${site} ${key}`;

  function remove(id: string): boolean {
    const thing = things.get(id);
    for (const key of thing?.keys ?? []) {
      const full = keyOf(thing?.site ?? "", key);
      if (byKey.get(full) === id) byKey.delete(full);
    }
    return things.delete(id);
  }
  function put(id: string, thing: T) {
    remove(id);
    if (things.size >= most) {
      for (const [other, { expiresMs }] of things) if (expiresMs <= clock.nowMs()) remove(other);
      const [oldest] = things.keys();
      if (things.size >= most && oldest !== undefined) remove(oldest);
    }
    things.set(id, thing);
    for (const key of thing.keys) byKey.set(keyOf(thing.site, key), id);
  }
  return {
    put,
    delete: remove,
    find(site, keys) {
      if (things.size === 0) return undefined;
      for (const key of keys) {
        const id = byKey.get(keyOf(site, key));
        const thing = id === undefined ? undefined : things.get(id);
        if (id === undefined || !thing) continue;
        if (thing.expiresMs > clock.nowMs()) return thing;
        remove(id);
      }
      return undefined;
    },
    all: () => [...things.values()].filter((thing) => thing.expiresMs > clock.nowMs()),
    clear() {
      things.clear();
      byKey.clear();
    },
  };
}
