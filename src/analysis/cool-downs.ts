import { setBounded } from "./bounded-map.ts";
import type { Row } from "./row.ts";
import { visitorKey } from "./session-table.ts";

/**
 * Which campaigns leave which visitors alone [SPEC A5]. What was said in this visit is kept in its row; what must hold in
 * the next one is kept here, bounded: the oldest is forgotten first.
 */
export interface CoolDowns {
  start(row: Row, campaign: string, untilMs: number): void;
  /** The row is known by another key from now on: what it asked for holds under that one too. */
  follow(row: Row): void;
  /** Whether the visitor is to be left alone at `steadyMs`. */
  quiet(row: Row, campaign: string, steadyMs: number): boolean;
}

export function createCoolDowns(most: number): CoolDowns {
  const until = new Map<string, number>();

  function keep(visitor: string, campaign: string, untilMs: number): void {
    setBounded(until, most, `${visitor} ${campaign}`, untilMs);
  }

  return {
    start(row, campaign, untilMs) {
      row.quietUntilMs ??= new Map();
      row.quietUntilMs.set(campaign, untilMs);
      keep(row.key, campaign, untilMs);
      // A visitor who declines on his first page comes back with the cookie that went out with it.
      if (row.visitorId !== undefined) return;
      for (const id of row.issued) keep(visitorKey(row.session.site, id), campaign, untilMs);
    },
    follow(row) {
      row.quietUntilMs?.forEach((untilMs, campaign) => keep(row.key, campaign, untilMs));
    },
    quiet(row, campaign, steadyMs) {
      const here = row.quietUntilMs?.get(campaign) ?? 0;
      const before = until.get(`${row.key} ${campaign}`) ?? 0;
      return Math.max(here, before) > steadyMs;
    },
  };
}
