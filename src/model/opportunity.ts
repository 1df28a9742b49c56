import type { TransitionTable } from "./transition.ts";

export type OpportunityState = "open" | "alerted" | "invited" | "accepted" | "declined" | "expired";

export const opportunityTransitions: TransitionTable<OpportunityState> = {
  open: ["alerted", "invited", "expired"],
  alerted: ["invited", "accepted", "declined", "expired"],
  invited: ["accepted", "declined", "expired"],
  accepted: [],
  declined: [],
  expired: [],
};

/**
 * `alert_first`: the agent decides to invite (patent Fig. 3). `invite_first`: an agent hears only of who accepts (Fig. 4).
 * `call_at_once`: a free agent and the visitor are called at the same moment (claim 2).
 */
export type CampaignMode = "alert_first" | "invite_first" | "call_at_once";

/** What is offered. `callback` when nobody can answer now [0057]. */
export type Offer = "contact" | "callback_out_of_hours" | "callback_all_busy";

/** A visitor worth talking to, found by a campaign's criteria. */
export interface Opportunity {
  readonly id: string;
  readonly sessionId: string;
  readonly site: string;
  readonly campaign: string;
  /** The criterion that fired, as its author wrote it. */
  readonly criterion: string;
  readonly mode: CampaignMode;
  readonly offer: Offer;
  /** The name of the campaign's message template for this offer; absent: the standing words for it. */
  readonly message?: string;
  readonly firedMs: number;
  readonly state: OpportunityState;
}
