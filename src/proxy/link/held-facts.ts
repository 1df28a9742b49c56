import type { Clock } from "../../model/clock.ts";
import { mergedFacts, type VisitorFacts } from "../../model/visitor.ts";
import type { FactsUpdate } from "./messages.ts";

/** What the engine knows of visitors and their cookies do not say yet. */
export interface HeldFacts {
  learn(update: FactsUpdate): void;
  /** All facts of a visitor that are not outdated, as of the newest. */
  of(site: string, visitorId: string): VisitorFacts | undefined;
  /** One update for each visitor. */
  all(): FactsUpdate[];
  /** Nothing is known of the visitor any more. */
  forget(site: string, visitorId: string): void;
  clear(): void;
}

/** Holds facts until they expire; of too many visitors those who were heard of longest ago are forgotten. */
export function createHeldFacts(clock: Clock, most: number): HeldFacts {
  const byVisitor = new Map<string, FactsUpdate>();
  const current = (id: string) => {
    const update = byVisitor.get(id);
    if (update && update.expiresMs <= clock.nowMs()) byVisitor.delete(id);
    return byVisitor.get(id);
  };
  return {
    learn(update) {
      for (const key of update.keys) {
        const id = `${update.site} ${key}`;
        const merged = merge(current(id), { ...update, keys: [key] });
        byVisitor.delete(id);
        byVisitor.set(id, merged);
        const [oldest] = byVisitor.keys();
        if (byVisitor.size > most && oldest !== undefined) byVisitor.delete(oldest);
      }
    },
    of: (site, visitorId) =>
      byVisitor.size === 0 ? undefined : current(`${site} ${visitorId}`)?.facts,
    all: () => [...byVisitor.values()].filter((update) => update.expiresMs > clock.nowMs()),
    forget: (site, visitorId) => void byVisitor.delete(`${site} ${visitorId}`),
    clear: () => byVisitor.clear(),
  };
}

function merge(old: FactsUpdate | undefined, update: FactsUpdate): FactsUpdate {
  if (!old) return update;
  const facts = mergedFacts(old.facts, update.facts);
  return { ...update, facts, expiresMs: Math.max(old.expiresMs, update.expiresMs) };
}
