import { LRUCache } from "lru-cache";
import { type Row } from "./row.ts";
import { visitorKey } from "./session-table.ts";

/** Which campaigns leave which visitors alone, over visits [SPEC A5]. Bounded: the oldest are forgotten first. */
export interface CoolDowns {
  start(row: Row, campaign: string, untilMs: number): void;
  /** Whether the visitor is to be left alone at `steadyMs`. */
  quiet(row: Row, campaign: string, steadyMs: number): boolean;
}

export function createCoolDowns(most: number): CoolDowns {
  const until = new LRUCache<string, number>({ max: most });
  return {
    start(row, campaign, untilMs) {
      until.set(`${row.key} ${campaign}`, untilMs);
      // A visitor who declines on his first page comes back with the cookie that went out with it.
      if (row.visitorId !== undefined) return;
      for (const id of row.issued) {
        until.set(`${visitorKey(row.session.site, id)} ${campaign}`, untilMs);
      }
    },
    quiet: (row, campaign, steadyMs) => (until.get(`${row.key} ${campaign}`) ?? 0) > steadyMs,
  };
}
