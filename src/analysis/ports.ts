/** What the analysis needs from outside, and what it offers; `main.ts` wires it. */
import type { Staffing } from "../model/agent.ts";
import type { Opportunity } from "../model/opportunity.ts";
import type { Session } from "../model/session.ts";

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

export interface AnalysisMetrics {
  sessions(count: number): void;
  sessionEvicted(reason: "idle" | "bound"): void;
  /** `count` evaluations came to this result since the last call. Called every few seconds, not on each hit. */
  evaluated(campaign: string, result: "true" | "false" | "unknown", count: number): void;
  opportunity(campaign: string, offer: string): void;
  suppressed(campaign: string, reason: string): void;
}
