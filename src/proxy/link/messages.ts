/**
 * The link between the edges and the engine: one Unix socket, JSON messages of one line each (NDJSON), the edge connects.
 * Nothing on it is waited for. What an edge cannot send it drops and counts; what an edge missed follows `welcome`.
 */
import type { Hit } from "../../model/hit.ts";
import type { VisitorFacts } from "../../model/visitor.ts";

export const LINK_VERSION = 5;

/** Edge to engine. */
export type EdgeMessage =
  | { readonly type: "hello"; readonly version: number; readonly edge: string }
  /**
   * `dropped`: hits lost since the last batch because the buffer was full or the engine away. Their histories are what the cookies
   * said: the engine brings them up to the hit.
   */
  | { readonly type: "hits"; readonly hits: readonly Hit[]; readonly dropped: number }
  /** The invitation has left in a page. */
  | { readonly type: "shown"; readonly invitationId: string }
  /** The visitor has been sent to the page the agent chose. */
  | { readonly type: "sent_on"; readonly nextPageId: string };

/**
 * Engine to edge. `keys` are visitor ids and address keys: a request that matches one of them is meant (a visitor whose
 * first cookie is on its way has both).
 */
export type EngineMessage =
  /** The first message. The edge forgets what it held; all that is pending follows, one message each. */
  | {
      readonly type: "welcome";
      readonly version: number;
      /** Salts the address keys of the day; never stored. */
      readonly salt: string;
    }
  /** A new day. */
  | { readonly type: "salt"; readonly salt: string }
  | { readonly type: "pending"; readonly invitation: PendingInvitation }
  | { readonly type: "withdraw"; readonly invitationId: string }
  | { readonly type: "next_page"; readonly page: NextPage }
  /** Another edge has sent the visitor there. */
  | { readonly type: "withdraw_page"; readonly nextPageId: string }
  | { readonly type: "facts"; readonly update: FactsUpdate }
  /** The visitor has taken consent back: what is held for his cookie is forgotten. */
  | { readonly type: "forget"; readonly site: string; readonly visitorId: string };

/** An invitation for the next page a visitor gets, for browsers without JavaScript. */
export interface PendingInvitation {
  readonly invitationId: string;
  readonly site: string;
  readonly keys: readonly string[];
  /** Markup to append to the page, ASCII only (character references for the rest), so that it fits any charset. */
  readonly html: string;
  readonly expiresMs: number;
}

/** The page an agent chose to be shown next [0034]; used up by the first page request that matches. */
export interface NextPage {
  readonly id: string;
  readonly site: string;
  readonly keys: readonly string[];
  /** A path on the same site, starting with one slash. */
  readonly path: string;
  readonly expiresMs: number;
}

/**
 * Facts to be sealed into the visitor's cookie with the next page. Held for each visitor id among the keys; of several
 * updates the newest word on each fact counts.
 */
export interface FactsUpdate {
  readonly site: string;
  readonly keys: readonly string[];
  readonly facts: VisitorFacts;
  readonly expiresMs: number;
}

/**
 * Headers the edge puts on requests under the reserved path when it passes them to the engine, and strips from whatever
 * a visitor or an origin sends.
 */
export const EDGE_HEADERS = {
  site: "x-warmline-site",
  /** The visitor's address. */
  address: "x-warmline-address",
  cookie: "x-warmline-cookie",
  visitorId: "x-warmline-visitor",
  addressKey: "x-warmline-address-key",
  /** What the visitor has said to our question; of sites that ask. */
  consent: "x-warmline-consent",
} as const;

export const EDGE_HEADER_PREFIX = "x-warmline-";
