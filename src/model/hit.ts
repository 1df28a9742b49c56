import type { VisitorHistory, VisitorRef } from "./visitor.ts";

/** One request that counts: seen by the edge, judged by the analysis. */
export interface Hit {
  readonly site: string;
  readonly atMs: number;
  readonly kind: "page" | "download" | "transfer";
  /** Path and query as asked for, at most 2,048 characters. */
  readonly url: string;
  /** Status of the answer. */
  readonly status: number;
  /** The visitor's address; with a refuser it is all that is known. */
  readonly address: string;
  readonly visitor: VisitorRef;
  /** What the cookie said, brought up to this hit. Absent without a cookie. */
  readonly history?: VisitorHistory;
  readonly userAgent?: string;
  readonly language?: string;
  readonly referrer?: string;
}
