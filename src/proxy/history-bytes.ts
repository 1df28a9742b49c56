import type { Purchase, SiteEvent } from "../model/milestone.ts";
import { MOST_EVENTS_KEPT, MOST_PURCHASES_KEPT } from "../model/milestone.ts";
import { CONSENT_TIERS } from "../model/consent.ts";
import {
  type ConsentTier,
  isPriority,
  MOST_VISITS_KEPT,
  type VisitorHistory,
} from "../model/visitor.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";

/** Bytes of a text in UTF-8 that a cookie has room for; longer ones are cut. */
const MOST = {
  id: 64,
  currency: 3,
  order: 32,
  event: 32,
  login: 96,
  name: 160,
  number: 32,
  mail: 96,
};

/** What the optional texts and numbers that follow are, one bit each. */
const LOGIN = 1;
const NAME = 2;
const NUMBER = 4;
const MAIL = 8;
const AMOUNT = 1;
const CURRENCY = 2;
const ORDER = 4;

const writer = new ByteWriter(2048);

/** A history, and what its visitor allowed when it was written. */
export interface SealedHistory {
  readonly history: VisitorHistory;
  readonly consent: ConsentTier;
}

/**
 * The history as bytes: short numbers take few bytes, times stand as distances from `firstSeenMs`. Every list and text has
 * its bound, so that the whole is never longer than 1,500 bytes. The bytes are good until the next call.
 */
export function historyBytes(h: VisitorHistory, consent: ConsentTier): Buffer {
  const w = writer.begin();
  w.number(CONSENT_TIERS.indexOf(consent));
  w.text(h.id, MOST.id);
  w.number(h.firstSeenMs);
  w.distance(h.lastSeenMs - h.firstSeenMs);
  w.distance(h.factsAtMs === 0 ? 0 : h.factsAtMs - h.firstSeenMs);
  w.number(h.factsAtMs === 0 ? 0 : 1);
  w.number(h.visitCount);
  w.number(h.pageCount);
  w.number(h.timeSpentMs);
  w.number(h.priority);
  const visitsMs = latest(h.visitsMs, MOST_VISITS_KEPT);
  w.number(visitsMs.length);
  let atMs = h.firstSeenMs;
  for (const visitMs of visitsMs) {
    w.distance(visitMs - atMs);
    atMs = visitMs;
  }
  const purchases = latest(h.purchases, MOST_PURCHASES_KEPT);
  w.number(purchases.length);
  for (const purchase of purchases) writePurchase(w, purchase, h.firstSeenMs);
  const events = latest(h.events, MOST_EVENTS_KEPT);
  w.number(events.length);
  for (const event of events) {
    w.distance(event.atMs - h.firstSeenMs);
    w.text(event.name, MOST.event);
  }
  w.number(
    (h.login === undefined ? 0 : LOGIN) |
      (h.name === undefined ? 0 : NAME) |
      (h.number === undefined ? 0 : NUMBER) |
      (h.mail === undefined ? 0 : MAIL),
  );
  if (h.login !== undefined) w.text(h.login, MOST.login);
  if (h.name !== undefined) w.text(h.name, MOST.name);
  if (h.number !== undefined) w.text(h.number, MOST.number);
  if (h.mail !== undefined) w.text(h.mail, MOST.mail);
  return w.end();
}

/** The history of these bytes; undefined when they are not one. */
export function historyOf(bytes: Buffer): SealedHistory | undefined {
  const r = new ByteReader(bytes);
  const consent = CONSENT_TIERS[r.number()];
  const id = r.text();
  const firstSeenMs = r.number();
  const lastSeenMs = firstSeenMs + r.distance();
  const factsMs = r.distance();
  const factsAtMs = r.number() === 0 ? 0 : firstSeenMs + factsMs;
  const visitCount = r.number();
  const pageCount = r.number();
  const timeSpentMs = r.number();
  const priority = r.number();
  const visitsMs: number[] = [];
  let atMs = firstSeenMs;
  for (let left = r.count(MOST_VISITS_KEPT); left > 0; left--) {
    atMs += r.distance();
    visitsMs.push(atMs);
  }
  const purchases: Purchase[] = [];
  for (let left = r.count(MOST_PURCHASES_KEPT); left > 0; left--) {
    purchases.push(readPurchase(r, firstSeenMs));
  }
  const events: SiteEvent[] = [];
  for (let left = r.count(MOST_EVENTS_KEPT); left > 0; left--) {
    const eventMs = firstSeenMs + r.distance();
    events.push({ name: r.text(), atMs: eventMs });
  }
  const has = r.number();
  const history = {
    id,
    firstSeenMs,
    lastSeenMs,
    visitsMs,
    visitCount,
    pageCount,
    timeSpentMs,
    purchases,
    events,
    priority,
    factsAtMs,
    ...(has & LOGIN && { login: r.text() }),
    ...(has & NAME && { name: r.text() }),
    ...(has & NUMBER && { number: r.text() }),
    ...(has & MAIL && { mail: r.text() }),
  };
  if (!r.isWhole || !consent || id === "" || !isPriority(priority)) return undefined;
  return { history: { ...history, priority }, consent };
}

function latest<Item>(list: readonly Item[], most: number): readonly Item[] {
  return list.length > most ? list.slice(-most) : list;
}

function writePurchase(w: ByteWriter, one: Purchase, sinceMs: number): void {
  const { atMs, amount, currency, order } = one;
  w.distance(atMs - sinceMs);
  w.number(
    (amount === undefined ? 0 : AMOUNT) |
      (currency === undefined ? 0 : CURRENCY) |
      (order === undefined ? 0 : ORDER),
  );
  if (amount !== undefined) w.double(amount);
  if (currency !== undefined) w.text(currency, MOST.currency);
  if (order !== undefined) w.text(order, MOST.order);
}

function readPurchase(r: ByteReader, sinceMs: number): Purchase {
  const atMs = sinceMs + r.distance();
  const has = r.number();
  return {
    atMs,
    ...(has & AMOUNT && { amount: r.double() }),
    ...(has & CURRENCY && { currency: r.text() }),
    ...(has & ORDER && { order: r.text() }),
  };
}
