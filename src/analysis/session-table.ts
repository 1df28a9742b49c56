import { LRUCache } from "lru-cache";
import type { VisitorRef } from "../model/visitor.ts";
import type { Row } from "./row.ts";

/**
 * The session activity table (patent Fig. 7, [0058-0059]): rows by what a visitor is recognised by, never more than its
 * bound; the row that was not touched for longest makes room.
 */
export interface SessionTable {
  readonly size: number;
  /** The row of whoever sent the request; a row that is touched is the last to make room. */
  find(site: string, ref: VisitorRef, touched: boolean): Row | undefined;
  byId(sessionId: string): Row | undefined;
  ofSites(sites: readonly string[]): Row[];
  add(row: Row): void;
  remove(row: Row): void;
  /** The row that was not touched for longest. */
  oldest(): Row | undefined;
}

/** The key of the row of a visitor whose cookie came back. */
export function visitorKey(site: string, visitorId: string): string {
  return `${site} v ${visitorId}`;
}

/** The key of the row a visitor gets: by cookie when one came back, else by address. Scoped by site. */
export function keyOf(site: string, ref: VisitorRef): string {
  return ref.cookie === "returned" && ref.visitorId !== undefined
    ? visitorKey(site, ref.visitorId)
    : addressKey(site, ref);
}

function addressKey(site: string, ref: VisitorRef): string {
  return `${site} a ${ref.addressKey}`;
}

/**
 * @param most hard bound of rows
 * @param evicted told of each row that had to make room; it is out of the table already
 * @param rekeyed told when a row is found under another key from now on
 */
export function createSessionTable(
  most: number,
  evicted: (row: Row) => void,
  rekeyed: (row: Row) => void,
): SessionTable {
  const byId = new Map<string, Row>();
  const bySite = new Map<string, Set<Row>>();
  const rows = new LRUCache<string, Row>({
    max: most,
    dispose(row, _key, reason) {
      if (reason !== "evict") return;
      forget(row);
      evicted(row);
    },
  });

  function forget(row: Row): void {
    byId.delete(row.session.id);
    bySite.get(row.session.site)?.delete(row);
  }

  /**
   * The first page of a visit was answered with this very cookie: it is the same visitor, and the row moves to his own key.
   * Anybody else behind the same address keeps his hands off it.
   */
  function firstPageOf(site: string, ref: VisitorRef): Row | undefined {
    const id = ref.visitorId;
    if (ref.cookie !== "returned" || id === undefined) return undefined;
    const row = rows.peek(addressKey(site, ref));
    return row?.issued.includes(id) ? row : undefined;
  }

  return {
    get size() {
      return rows.size;
    },
    find(site, ref, touched) {
      const key = keyOf(site, ref);
      const row = touched ? rows.get(key) : rows.peek(key);
      if (row) return row;
      const first = firstPageOf(site, ref);
      if (!first) return undefined;
      // Also when the cookie came with no page but with the event stream of one: the next stranger behind this address is
      // another visitor.
      rows.delete(first.key);
      first.key = key;
      first.visitorId = ref.visitorId;
      rows.set(key, first);
      rekeyed(first);
      return first;
    },
    byId: (sessionId) => byId.get(sessionId),
    ofSites: (sites) => [...new Set(sites)].flatMap((site) => [...(bySite.get(site) ?? [])]),
    add(row) {
      byId.set(row.session.id, row);
      const { site } = row.session;
      const ofSite = bySite.get(site) ?? new Set();
      bySite.set(site, ofSite.add(row));
      rows.set(row.key, row);
    },
    remove(row) {
      rows.delete(row.key);
      forget(row);
    },
    oldest() {
      for (const row of rows.rvalues()) return row;
      return undefined;
    },
  };
}
