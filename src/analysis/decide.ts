import type { Staffing } from "../model/agent.ts";
import type { Campaign } from "../model/campaign.ts";
import type { Offer } from "../model/opportunity.ts";
import { givenTo, type Row } from "./row.ts";

/** Why a criterion that is true has no consequence. */
export type Suppression =
  | "priority_0"
  | "served"
  | "open_opportunity"
  | "per_visit"
  | "cool_down"
  | "too_many"
  | "out_of_hours"
  | "all_busy";

export type Decision =
  | { readonly offer: Offer; readonly suppressed?: undefined }
  | { readonly offer?: undefined; readonly suppressed: Suppression };

/** What a decision depends on besides the visitor. Asked only when it comes to it. */
export interface Circumstances {
  /** Whether the site's opening hours include this moment. */
  open(): boolean;
  staffing(): Staffing;
  /** Steady time, ms. */
  readonly steadyMs: number;
  /** Until when the campaign leaves the visitor alone from before this visit, steady ms. */
  quietUntilMs(): number;
  /** Whether one more opportunity can be followed. */
  room(): boolean;
}

/** What to do with a visitor for whom the campaign's criterion is true: first whether, then with what offer [0057]. */
export function decide(campaign: Campaign, row: Row, circumstances: Circumstances): Decision {
  const suppressed = cap(campaign, row, circumstances);
  if (suppressed) return { suppressed };
  const offer = offerNow(campaign, circumstances);
  if (offer === "contact" || campaign.outOfHours) return { offer };
  return { suppressed: offer === "callback_all_busy" ? "all_busy" : "out_of_hours" };
}

function cap(campaign: Campaign, row: Row, circumstances: Circumstances): Suppression | undefined {
  if (row.session.priority === 0) return "priority_0";
  if (row.session.state === "served") return "served";
  if (row.openOpportunity !== undefined) return "open_opportunity";
  const { pages, quietUntilMs } = givenTo(row, campaign.name);
  if (pages.length >= campaign.perVisit) return "per_visit";
  const quietMs = Math.max(quietUntilMs, circumstances.quietUntilMs());
  if (quietMs > circumstances.steadyMs) return "cool_down";
  return circumstances.room() ? undefined : "too_many";
}

function offerNow(campaign: Campaign, circumstances: Circumstances): Offer {
  const { onDuty, free } = circumstances.staffing();
  // An agent on duty sees the visitor in the queue, and decides, busy or not (patent Fig. 3).
  if (campaign.mode === "alert_first") return onDuty > 0 ? "contact" : "callback_out_of_hours";
  if (onDuty === 0 || !circumstances.open()) return "callback_out_of_hours";
  return free > 0 ? "contact" : "callback_all_busy";
}
