import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  randomFillSync,
} from "node:crypto";
import type { ConsentTier, VisitorHistory } from "../model/visitor.ts";
import { historyBytes, historyOf } from "./history-bytes.ts";
import type { KeyRing } from "./key-ring.ts";

/** Why a cookie was not believed; its bearer counts as new. */
export type CookieRefusal = "too_long" | "version" | "unknown_key" | "tampered" | "malformed";

export type OpenedCookie =
  | {
      readonly ok: true;
      readonly history: VisitorHistory;
      /** What the visitor allowed when the cookie was made. */
      readonly consent: ConsentTier;
    }
  | { readonly ok: false; readonly reason: CookieRefusal };

export interface VisitorCookie {
  /**
   * The cookie's value: version, key id, nonce, sealed history, tag; in base64url. Never longer than 2 KB: the oldest of too
   * many visits and milestones are left out, and texts are cut.
   */
  seal(site: string, history: VisitorHistory, consent: ConsentTier): string;
  open(site: string, value: string): OpenedCookie;
}

/** Of the bytes that are sealed. Cookies of another version are not understood, and their bearers new. */
const VERSION = 3;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 2 + NONCE_BYTES;
const LONGEST = 2048;
/** A call for randomness costs more than a cipher's block: many nonces are drawn at once. */
const NONCES_DRAWN = 256;

/**
 * Seals histories with AES-256-GCM (NIST SP 800-38D), a random nonce each time; the site's name is authenticated with it, so
 * that a cookie of one site is worth nothing on another.
 */
export function createVisitorCookie(keys: KeyRing): VisitorCookie {
  // Importing a key costs more than using it.
  const ring = keys.map(({ id, key }) => ({ id, key: createSecretKey(key) }));
  const sealing = ring[0]!;
  const keyOf = (id: number | undefined) => ring.find((k) => k.id === id)?.key;
  const names = new Map<string, Buffer>();
  const drawNonce = nonces();

  /** The site's name as bytes. Sites come from the configuration, so that there are few. */
  function nameOf(site: string): Buffer {
    let name = names.get(site);
    if (!name) names.set(site, (name = Buffer.from(site)));
    return name;
  }

  return {
    seal(site, history, consent) {
      const text = historyBytes(history, consent);
      const sealed = Buffer.allocUnsafe(HEAD_BYTES + text.length + TAG_BYTES);
      sealed[0] = VERSION;
      sealed[1] = sealing.id;
      const nonce = drawNonce();
      sealed.set(nonce, 2);
      const cipher = createCipheriv("aes-256-gcm", sealing.key, nonce).setAAD(nameOf(site));
      sealed.set(cipher.update(text), HEAD_BYTES);
      cipher.final();
      sealed.set(cipher.getAuthTag(), HEAD_BYTES + text.length);
      return sealed.toString("base64url");
    },
    open(site, value) {
      if (value.length > LONGEST) return { ok: false, reason: "too_long" };
      const bytes = Buffer.from(value, "base64url");
      // Decoding is lenient; one history has one spelling only.
      if (bytes.toString("base64url") !== value) return { ok: false, reason: "tampered" };
      if (bytes[0] !== VERSION) return { ok: false, reason: "version" };
      if (bytes.length <= HEAD_BYTES + TAG_BYTES) return { ok: false, reason: "tampered" };
      const key = keyOf(bytes[1]);
      if (!key) return { ok: false, reason: "unknown_key" };
      const text = decrypt(key, nameOf(site), bytes);
      if (!text) return { ok: false, reason: "tampered" };
      const sealed = historyOf(text);
      return sealed ? { ok: true, ...sealed } : { ok: false, reason: "malformed" };
    },
  };
}

/** Random nonces, each handed out once. */
function nonces(): () => Buffer {
  const drawn = Buffer.alloc(NONCES_DRAWN * NONCE_BYTES);
  let at = drawn.length;
  return () => {
    if (at === drawn.length) {
      randomFillSync(drawn);
      at = 0;
    }
    at += NONCE_BYTES;
    return drawn.subarray(at - NONCE_BYTES, at);
  };
}

function decrypt(key: KeyObject, site: Buffer, bytes: Buffer): Buffer | undefined {
  const nonce = bytes.subarray(2, HEAD_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, GCM).setAAD(site);
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(bytes.subarray(HEAD_BYTES, -TAG_BYTES));
    decipher.final();
    return text;
  } catch {
    return undefined;
  }
}

const GCM = { authTagLength: TAG_BYTES };
