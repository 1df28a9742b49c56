import type { Noticed } from "./milestone.ts";
import type { ConsentTier, VisitorHistory, VisitorRef } from "./visitor.ts";

/** Who asks, as far as a request says it and the visitor allows. */
export interface Asker {
  readonly site: string;
  /** The visitor's address; with a refuser it is all that is known. */
  readonly address: string;
  readonly visitor: VisitorRef;
  /** How much the visitor allows us to know. It may be more than is known of him. */
  readonly consent: ConsentTier;
  /** What the cookie said; with a hit, brought up to it, with what was noticed. Absent without a cookie. */
  readonly history?: VisitorHistory;
  readonly userAgent?: string;
  readonly language?: string;
}

/** One request that counts: seen by the edge, judged by the analysis. */
export interface Hit extends Asker {
  readonly atMs: number;
  /** `notice`: no page and no file, but a rule of the site noticed something, such as in a form that was sent. */
  readonly kind: "page" | "download" | "transfer" | "notice";
  /** Path and query as asked for, at most 2,048 characters. */
  readonly url: string;
  /** Status of the answer. */
  readonly status: number;
  /** The id of a cookie that the visitor does not allow any more: what was known by it is to be forgotten. */
  readonly withdrawn?: string;
  /** What the site's rules noticed with this very hit; nothing that the visitor does not allow. */
  readonly noticed?: Noticed;
  readonly referrer?: string;
}
