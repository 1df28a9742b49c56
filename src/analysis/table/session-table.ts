import type { Hit } from "../../model/hit.ts";
import type { VisitorRef } from "../../model/visitor.ts";
import { newRow, type Row } from "../row.ts";
import { BLOCK_BYTES, createBlocks, NONE } from "./blocks.ts";
import { createDueHeap } from "./due-heap.ts";
import { hashOf } from "./hash.ts";
import { createKeyIndex } from "./key-index.ts";
import { addressKey, keyOf, keyOfRow } from "./keys.ts";
import { createLines, HELD, KEPT_MS, LINE_BYTES, LIST, RECORD, TURN, WORDS } from "./lines.ts";
import { createLists } from "./lists.ts";
import { createPacker, pack, releaseWords, unpack } from "./packing.ts";
import { packedRow } from "./row-packing.ts";
import { createWords } from "./words.ts";

/**
 * The session activity table (patent Fig. 7, [0058-0059]). A row at rest is some bytes outside the JavaScript heap; whoever
 * works on it gets a copy, and saves it. The table never holds more rows than its bound, nor more memory than
 * {@link ROW_BYTES} for each: rows that are larger than usual take the room of others.
 *
 * Who makes room: the site that has the most rows; there, of the rows of one hit the one that was quiet for longest, and
 * only when there is none of them, of those who returned (a segmented LRU). So a flood of made-up visitors displaces
 * itself, neither the visitors nor another site's.
 */
export interface SessionTable {
  readonly size: number;
  /** Memory that is in use for the rows and for what finds them, bytes. */
  readonly bytes: number;
  /** The row of whoever sent the request. */
  find(site: string, ref: VisitorRef): Row | undefined;
  byId(sessionId: string): Row | undefined;
  at(place: number): Row;
  /** The first row at this place or behind it, if there is one. */
  from(place: number): Row | undefined;
  /** A new row for a hit. It is in the table when it is touched. */
  add(hit: Hit, steadyMs: number): Row;
  /** Keeps what was changed in the row. */
  save(row: Row): void;
  /** Keeps what was changed by a hit: the row is now the last to make room. */
  touch(row: Row): void;
  remove(row: Row): void;
  /** The rows that had to make room since this was last asked. */
  displaced(): readonly Row[];
  /** Holds the row, for a page of the visit is open: it counts as returned, and neither falls silent nor makes room. */
  hold(sessionId: string): void;
  letGo(sessionId: string, steadyMs: number): void;
  /** At most so many rows of the site, the latest touched first. */
  latest(site: string, most: number): Row[];
  countOf(site: string): number;
  /**
   * There may be rows of these sites from now on. One that is not among them has no rows any more.
   *
   * @throws {RangeError} when there are too many
   */
  useSites(names: readonly string[]): void;
  /** A row of the site that was last there at `sinceMs` or before, if there is one. */
  silent(site: string, sinceMs: number, steadyMs: number): Row | undefined;
  /** When the row must be looked at though nothing happens, steady ms; Infinity: never. */
  setDue(row: Row, dueMs: number): void;
  firstDue(): { readonly place: number; readonly dueMs: number } | undefined;
}

/** Memory of one row on average, all counted. */
export const ROW_BYTES = 500;
/** Of which so many are for line, index, due time, words and cool-downs; the others for what is packed. */
const FIXED_BYTES = LINE_BYTES + 70;
/** So that the largest row fits into the smallest table. */
const LEAST_BLOCKS = 1_024;
const LARGEST_ROW_BYTES = 64 * 1024;
const [FEWEST_WORDS, MOST_WORDS] = [1_024, 65_536];
/** So many sites have room, or twice as many as there are at the start. */
const LEAST_SITES = 1_000;
/** The two lists of a site. */
const [ONCE, RETURNED] = [0, 1];
/** At most so many of the rows are kept as those who returned. */
const RETURNED_SHARE = 0.8;
/** So many rows that are held are passed over before one makes room all the same: the bound comes first. */
const MOST_PASSED_OVER = 1_000;

/**
 * @param most hard bound of rows
 * @param sites names of the sites that there are rows of; `useSites` changes them
 * @param epoch tells the ids of this table's rows from those of another life of the engine
 * @param rekeyed told when a row is found by another key from now on
 */
export function createSessionTable(
  most: number,
  sites: readonly string[],
  epoch: string,
  rekeyed: (row: Row, oldKey: string) => void,
): SessionTable {
  const seed = hashOf(epoch, 0);
  const words = createWords(Math.min(MOST_WORDS, Math.max(FEWEST_WORDS, most >> 3)));
  const blocks = createBlocks(
    Math.max(LEAST_BLOCKS, Math.floor((most * (ROW_BYTES - FIXED_BYTES)) / BLOCK_BYTES)),
  );
  const reading = createPacker(LARGEST_ROW_BYTES, words);
  const writing = createPacker(LARGEST_ROW_BYTES, words, reading.used);
  const room = Math.max(LEAST_SITES, 2 * sites.length);
  const lines = createLines(most + 2 * room);
  const index = createKeyIndex(lines, most);
  const due = createDueHeap(lines, most);
  const lists = createLists(lines, most, 2 * room);
  const siteNames = [...sites];
  const siteNumbers = new Map(sites.map((site, i) => [site, i]));
  const counts = new Uint32Array(room);
  const freed: number[] = [];
  let lastRead = NONE;
  let untouched = 0;
  let size = 0;
  let returned = 0;
  let gone: Row[] = [];

  const get = (place: number, column: number) => lines.words[place * WORDS + column]!;
  const set = (place: number, column: number, value: number) => {
    lines.words[place * WORDS + column] = value;
  };
  const keptMs = (place: number) => lines.numbers[(place * WORDS + KEPT_MS) / 2]!;
  const keep = (place: number, steadyMs: number) => {
    lines.numbers[(place * WORDS + KEPT_MS) / 2] = steadyMs;
  };
  const idOf = (place: number) => `${epoch}.${place}.${get(place, TURN)}`;

  /** Reads a record, unless it is the one that was read before. */
  function read(record: number): void {
    if (record === lastRead) return;
    blocks.read(record, reading.asWords);
    lastRead = record;
  }

  function at(place: number): Row {
    read(get(place, RECORD));
    const row = unpack(packedRow, reading) as Row & { place: number; keptMs: number };
    row.place = place;
    row.keptMs = keptMs(place);
    const session = row.session as { id: string; site: string };
    session.id = idOf(place);
    session.site = siteNames[get(place, LIST) >> 1]!;
    return row;
  }

  function byId(sessionId: string): Row | undefined {
    const [life, digits] = sessionId.split(".");
    const place = Number(digits);
    if (life !== epoch || !(place < untouched)) return undefined;
    return get(place, RECORD) !== NONE && idOf(place) === sessionId ? at(place) : undefined;
  }

  function byKey(key: string): Row | undefined {
    let row: Row | undefined;
    const place = index.find(hashOf(key, seed), (candidate) => {
      row = at(candidate);
      return keyOfRow(row) === key;
    });
    return place === -1 ? undefined : row;
  }

  /**
   * The first page of a visit was answered with this very cookie: it is the same visitor, and the row moves to his own key.
   * Anybody else behind the same address keeps his hands off it.
   */
  function firstPageOf(site: string, ref: VisitorRef): Row | undefined {
    const id = ref.visitorId;
    if (ref.cookie !== "returned" || id === undefined) return undefined;
    const oldKey = addressKey(site, ref.addressKey);
    const row = byKey(oldKey);
    if (!row?.issued.includes(id)) return undefined;
    // Also when the cookie came with no page but with the event stream of one: the next stranger behind this address is
    // another visitor.
    index.remove(row.place);
    row.visitorId = id;
    row.issued = [];
    index.add(hashOf(keyOfRow(row), seed), row.place);
    save(row);
    rekeyed(row, oldKey);
    return row;
  }

  function stand(place: number, standing: number): void {
    const before = get(place, LIST);
    returned += standing - (before & 1);
    set(place, LIST, (before & ~1) | standing);
    lists.toFront((before & ~1) | standing, place);
  }

  function promote(place: number): void {
    stand(place, RETURNED);
    if (returned > most * RETURNED_SHARE) stand(lists.last(get(place, LIST)), ONCE);
  }

  /** Who makes room first, besides `spared`; -1 when there is nobody. */
  function nextToGo(spared: number): number {
    const sparedSite = spared === -1 ? -1 : get(spared, LIST) >> 1;
    let site = 0;
    let most = 0;
    for (let s = 0; s < siteNames.length; s += 1) {
      const count = counts[s]! - (s === sparedSite ? 1 : 0);
      if (count > most) [site, most] = [s, count];
    }
    for (const list of [2 * site + ONCE, 2 * site + RETURNED]) {
      const place = lists.last(list);
      if (place !== -1 && place !== spared) return place;
    }
    return -1;
  }

  /** Lets a row make room, if there is one besides `spared`. */
  function displace(spared: number): boolean {
    for (let passed = 0; ; passed += 1) {
      const place = nextToGo(spared);
      if (place === -1) return false;
      if (get(place, HELD) === 1 && passed < MOST_PASSED_OVER) {
        promote(place);
        continue;
      }
      const row = at(place);
      remove(row);
      gone.push(row);
      return true;
    }
  }

  function forgetRecord(place: number): void {
    const record = get(place, RECORD);
    if (record === NONE) return;
    read(record);
    releaseWords(reading);
    blocks.remove(record);
    lastRead = NONE;
    set(place, RECORD, NONE);
  }

  function save(row: Row): void {
    const { place } = row;
    const length = pack(packedRow, row, writing);
    forgetRecord(place);
    while (!blocks.hasRoom(length) && displace(place));
    set(place, RECORD, blocks.write(writing.asWords, length));
  }

  function remove({ place }: Row): void {
    const list = get(place, LIST);
    forgetRecord(place);
    index.remove(place);
    due.set(place, Infinity);
    lists.remove(place);
    returned -= list & 1;
    counts[list >> 1]! -= 1;
    size -= 1;
    set(place, HELD, 0);
    set(place, TURN, get(place, TURN) + 1);
    freed.push(place);
  }

  return {
    get size() {
      return size;
    },
    get bytes() {
      return untouched * FIXED_BYTES + blocks.bytes;
    },
    find: (site, ref) => byKey(keyOf(site, ref)) ?? firstPageOf(site, ref),
    byId,
    at,
    from(first) {
      let place = first;
      while (place < untouched && get(place, RECORD) === NONE) place += 1;
      return place < untouched ? at(place) : undefined;
    },
    add(hit, steadyMs) {
      if (size >= most) displace(-1);
      const place = freed.pop() ?? untouched++;
      return newRow(place, idOf(place), hit, steadyMs);
    },
    save,
    touch(row) {
      const { place, session, seenMs } = row;
      keep(place, seenMs);
      if (get(place, RECORD) !== NONE) promote(place);
      else {
        const site = siteNumbers.get(session.site)!;
        set(place, LIST, 2 * site + ONCE);
        lists.toFront(2 * site + ONCE, place);
        index.add(hashOf(keyOfRow(row), seed), place);
        counts[site]! += 1;
        size += 1;
      }
      save(row);
    },
    remove,
    displaced() {
      const rows = gone;
      if (rows.length > 0) gone = [];
      return rows;
    },
    hold(sessionId) {
      const row = byId(sessionId);
      if (!row) return;
      set(row.place, HELD, 1);
      promote(row.place);
    },
    letGo(sessionId, steadyMs) {
      const row = byId(sessionId);
      if (!row) return;
      set(row.place, HELD, 0);
      keep(row.place, steadyMs);
      promote(row.place);
    },
    latest(site, atMost) {
      const number = siteNumbers.get(site);
      if (number === undefined) return [];
      const rows: Row[] = [];
      for (const list of [2 * number + ONCE, 2 * number + RETURNED]) {
        let place = lists.first(list);
        for (let n = 0; n < atMost && place !== -1; n += 1) {
          rows.push(at(place));
          place = lists.after(place);
        }
      }
      return rows.sort((a, b) => b.seenMs - a.seenMs).slice(0, atMost);
    },
    useSites(names) {
      if (names.length > room) {
        throw new RangeError(`there is room for ${room} sites: start Warmline anew for more`);
      }
      for (const name of siteNumbers.keys()) if (!names.includes(name)) siteNumbers.delete(name);
      const taken = new Set(siteNumbers.values());
      let number = 0;
      for (const name of names) {
        if (siteNumbers.has(name)) continue;
        while (taken.has(number)) number += 1;
        siteNames[number] = name;
        siteNumbers.set(name, number);
        number += 1;
      }
    },
    countOf: (site) => counts[siteNumbers.get(site) ?? -1] ?? 0,
    silent(site, sinceMs, steadyMs) {
      const number = siteNumbers.get(site)!;
      for (const list of [2 * number + ONCE, 2 * number + RETURNED]) {
        for (;;) {
          const place = lists.last(list);
          if (place === -1 || keptMs(place) > sinceMs) break;
          if (get(place, HELD) === 0) return at(place);
          keep(place, steadyMs);
          promote(place);
        }
      }
      return undefined;
    },
    setDue: ({ place }, dueMs) => due.set(place, dueMs),
    firstDue() {
      const place = due.first();
      return place === -1 ? undefined : { place, dueMs: due.dueMs(place) };
    },
  };
}
