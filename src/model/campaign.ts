import type { CampaignMode } from "./opportunity.ts";

/** A firm's rule: which visitors of a site, found how, are offered what. */
export interface Campaign {
  readonly name: string;
  readonly site: string;
  readonly mode: CampaignMode;
  /** The criterion, a CEL expression. */
  readonly when: string;
  /** The name of the message template that is sent, or suggested to the agent. */
  readonly message: string;
  /** After an invitation, this campaign leaves the visitor alone for so long, ms. */
  readonly coolDownMs: number;
  /** At most so many opportunities on one page (path) of a visit, in one visit, of one visitor within 30 days. */
  readonly perPage: number;
  readonly perVisit: number;
  readonly perVisitor?: number;
  /** So many of a hundred visitors are found and left alone, to compare with [SPEC O3]. */
  readonly holdOut: number;
  /** Whether visitors are offered a callback when nobody can answer. */
  readonly outOfHours: boolean;
  /** Message templates for that; absent: the standing words of Fig. 6f. */
  readonly outOfHoursMessage?: string;
  readonly allBusyMessage?: string;
}

/** A text that can be sent to a visitor. `{{agent}}` stands for the agent's name. */
export interface MessageTemplate {
  readonly name: string;
  /** Absent: for all sites of the firm. */
  readonly site?: string;
  readonly heading: string;
  readonly text: string;
}
