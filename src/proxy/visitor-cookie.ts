import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { z } from "zod";
import {
  isPriority,
  MOST_PURCHASES_KEPT,
  MOST_VISITS_KEPT,
  type Priority,
  type VisitorHistory,
} from "../model/visitor.ts";
import type { KeyRing } from "./key-ring.ts";

/** Why a cookie was not believed; its bearer counts as new. */
export type CookieRefusal = "too_long" | "version" | "unknown_key" | "tampered" | "malformed";

export type OpenedCookie =
  | { readonly ok: true; readonly history: VisitorHistory }
  | { readonly ok: false; readonly reason: CookieRefusal };

export interface VisitorCookie {
  /**
   * The cookie's value: version, key id, nonce, sealed history, tag; in base64url. Never longer than 2 KB: what is too much
   * is left out, the oldest visits and purchases first.
   */
  seal(site: string, history: VisitorHistory): string;
  open(site: string, value: string): OpenedCookie;
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 2 + NONCE_BYTES;
const LONGEST = 2048;
/** Of the history as JSON, so that the value in base64url is not longer. */
const MOST_BYTES = Math.floor((LONGEST * 3) / 4) - HEAD_BYTES - TAG_BYTES;
const MOST_NAME_CHARACTERS = 80;
const MOST_NUMBER_CHARACTERS = 32;

const ms = z.number().int().nonnegative();
const sealed = z.tuple([
  z.string().min(1).max(64),
  ms,
  ms,
  z.array(ms).max(MOST_VISITS_KEPT),
  ms,
  ms,
  z.array(z.union([z.tuple([ms]), z.tuple([ms, z.number()])])).max(MOST_PURCHASES_KEPT),
  z.custom<Priority>(isPriority),
  ms,
  z.string().nullable(),
  z.string().nullable(),
]);

/**
 * Seals histories with AES-256-GCM (NIST SP 800-38D), a random nonce each time; the site's name is authenticated with it, so
 * that a cookie of one site is worth nothing on another.
 */
export function createVisitorCookie(keys: KeyRing): VisitorCookie {
  return {
    seal(site, history) {
      const [{ id, key }] = keys;
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(site));
      const text = [cipher.update(fitted(history), "utf8"), cipher.final()];
      const parts = [Buffer.from([VERSION, id]), nonce, ...text, cipher.getAuthTag()];
      return Buffer.concat(parts).toString("base64url");
    },
    open(site, value) {
      if (value.length > LONGEST) return { ok: false, reason: "too_long" };
      const bytes = Buffer.from(value, "base64url");
      // Decoding is lenient; one history has one spelling only.
      if (bytes.toString("base64url") !== value) return { ok: false, reason: "tampered" };
      if (bytes[0] !== VERSION) return { ok: false, reason: "version" };
      if (bytes.length <= HEAD_BYTES + TAG_BYTES) return { ok: false, reason: "tampered" };
      const key = keys.find((k) => k.id === bytes[1])?.key;
      if (!key) return { ok: false, reason: "unknown_key" };
      const text = decrypt(key, site, bytes);
      if (text === undefined) return { ok: false, reason: "tampered" };
      const history = expand(text);
      return history ? { ok: true, history } : { ok: false, reason: "malformed" };
    },
  };
}

function decrypt(key: Buffer, site: string, bytes: Buffer): string | undefined {
  const nonce = bytes.subarray(2, HEAD_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(site)).setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(bytes.subarray(HEAD_BYTES, -TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString();
  } catch {
    return undefined;
  }
}

/** The history as JSON, shortened until it fits. */
function fitted(history: VisitorHistory): string {
  let { visitsMs, purchases, name } = history;
  visitsMs = visitsMs.slice(-MOST_VISITS_KEPT);
  purchases = purchases.slice(-MOST_PURCHASES_KEPT);
  // Code points, so that no character is cut in two.
  name = name && Array.from(name).slice(0, MOST_NAME_CHARACTERS).join("");
  for (;;) {
    const text = JSON.stringify(compact({ ...history, visitsMs, purchases }, name));
    if (Buffer.byteLength(text) <= MOST_BYTES) return text;
    if (visitsMs.length > 1) visitsMs = visitsMs.slice(1);
    else if (purchases.length > 0) purchases = purchases.slice(1);
    else if (name !== undefined) name = undefined;
    else return text;
  }
}

function compact(h: VisitorHistory, name: string | undefined): z.input<typeof sealed> {
  return [
    h.id,
    h.firstSeenMs,
    h.lastSeenMs,
    [...h.visitsMs],
    h.visitCount,
    h.timeSpentMs,
    h.purchases.map((p) => (p.amount === undefined ? [p.atMs] : [p.atMs, p.amount])),
    h.priority,
    h.factsAtMs,
    name ?? null,
    h.number?.slice(0, MOST_NUMBER_CHARACTERS) ?? null,
  ];
}

function expand(text: string): VisitorHistory | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = sealed.safeParse(value);
  if (!parsed.success) return undefined;
  const [
    id,
    firstSeenMs,
    lastSeenMs,
    visitsMs,
    visitCount,
    timeSpentMs,
    bought,
    priority,
    factsAtMs,
    name,
    number,
  ] = parsed.data;
  return {
    id,
    firstSeenMs,
    lastSeenMs,
    visitsMs,
    visitCount,
    timeSpentMs,
    purchases: bought.map(([atMs, amount]) => (amount === undefined ? { atMs } : { atMs, amount })),
    priority,
    factsAtMs,
    ...(name !== null && { name }),
    ...(number !== null && { number }),
  };
}
