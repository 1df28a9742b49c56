import type { Milestones } from "./milestone.ts";
import type { ConsentTier, Priority, VisitorHistory } from "./visitor.ts";

/** A page of a visit, and when it was opened. */
export interface PageView {
  readonly url: string;
  readonly atMs: number;
}

/**
 * One visit: a row of the session activity table (patent Fig. 7: address, session start, last access, current page),
 * as others see it.
 */
export interface Session {
  /** Stable for the life of the row; says nothing about the visitor. */
  readonly id: string;
  readonly site: string;
  readonly state: "active" | "idle" | "served" | "ended";
  readonly address: string;
  readonly startedMs: number;
  readonly lastAccessMs: number;
  /** The current page and the ones before it, oldest first, at most {@link LONGEST_TRAIL}. */
  readonly trail: readonly PageView[];
  /** Pages of this visit, also those no longer in `trail`. */
  readonly pages: number;
  readonly consent: ConsentTier;
  readonly priority: Priority;
  /** Past behaviour, where the consent tier allows it. */
  readonly history?: VisitorHistory;
  /** What was noticed in this visit, whatever the consent tier: it is not of the past. Absent until there is something. */
  readonly milestones?: Milestones;
  readonly name?: string;
  /** E.164. */
  readonly number?: string;
  readonly userAgent?: string;
  readonly language?: string;
  readonly referrer?: string;
  /** The page by which the visit began, once it is no longer in `trail`. */
  readonly landing?: string;
  /** Files that were saved in this visit, oldest first, at most {@link LONGEST_TRAIL}. Absent before the first. */
  readonly downloads?: readonly PageView[];
}

export const LONGEST_TRAIL = 20;
