/** What the analysis needs from outside, and what it offers; `main.ts` wires it. */
import type { Staffing } from "../model/agent.ts";
import type { Opportunity } from "../model/opportunity.ts";
import type { Session } from "../model/session.ts";
import type { VisitorFacts } from "../model/visitor.ts";

/** Who could answer, asked at the moment of a decision. */
export interface StaffingSource {
  staffing(site: string): Staffing;
}

/** Where opportunities go. Called synchronously, from a hit or from a timer. */
export interface OpportunitySink {
  found(opportunity: Opportunity, session: Session): void;
}

/** Told of every change to the table, to show visitors live. Must be cheap: called on every hit. */
export interface SessionObserver {
  changed(session: Session): void;
  ended(sessionId: string, site: string): void;
}

/** The way to visitors' cookies. */
export interface CookieSink {
  /** The visitor's cookie lacks these facts. The visit is in the table. */
  lacks(session: Session, facts: VisitorFacts): void;
}

export interface AnalysisMetrics {
  /** Rows of the table, and the memory that they take. This and all with a `count` is told every few seconds. */
  sessions(rows: number, bytes: number): void;
  sessionsEvicted(reason: "idle" | "bound" | "withdrawn", count: number): void;
  evaluated(campaign: string, result: "true" | "false" | "unknown", count: number): void;
  suppressed(campaign: string, reason: string, count: number): void;
  opportunity(campaign: string, offer: string): void;
}
