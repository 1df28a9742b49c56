import type { Staffing } from "../model/agent.ts";
import type { Campaign } from "../model/campaign.ts";
import type { Offer } from "../model/opportunity.ts";
import type { Enough } from "./caps.ts";
import type { Row } from "./row.ts";

/** Why a criterion that is true has no consequence. */
export type Suppression =
  | "priority_0"
  | "served"
  | "open_opportunity"
  | Enough
  | "too_many"
  | "no_number"
  | "out_of_hours"
  | "all_busy"
  | "hold_out";

export type Decision =
  | { readonly offer: Offer; readonly suppressed?: undefined }
  | { readonly offer?: undefined; readonly suppressed: Suppression };

/** What a decision depends on besides the visitor. Asked only when it comes to it. */
export interface Circumstances {
  /** Why the visitor has had enough of the campaign. */
  enough(): Enough | undefined;
  /** Whether one more opportunity can be followed. */
  room(): boolean;
  /** Whether the site's opening hours include this moment. */
  open(): boolean;
  staffing(): Staffing;
  /** Whether the agents could take one more, with all that is on its way to them. */
  bears(staffing: Staffing): boolean;
  /** Whether the visitor belongs to the control group. */
  heldOut(): boolean;
}

/** What to do with a visitor for whom the campaign's criterion is true: first whether, then with what offer [0057]. */
export function decide(campaign: Campaign, row: Row, circumstances: Circumstances): Decision {
  const suppressed = cap(row, circumstances);
  if (suppressed) return { suppressed };
  const decision = offerNow(campaign, row, circumstances);
  // Last of all: the control group are those who would have been asked.
  return decision.offer !== undefined && circumstances.heldOut()
    ? { suppressed: "hold_out" }
    : decision;
}

function cap({ session, openOpportunity }: Row, circumstances: Circumstances) {
  if (session.priority === 0) return "priority_0";
  if (session.state === "served") return "served";
  if (openOpportunity !== undefined) return "open_opportunity";
  return circumstances.enough() ?? (circumstances.room() ? undefined : "too_many");
}

function offerNow(campaign: Campaign, { session }: Row, circumstances: Circumstances): Decision {
  const staffing = circumstances.staffing();
  const { mode } = campaign;
  const callback = (offer: Offer, suppressed: Suppression): Decision =>
    campaign.outOfHours && mode !== "call_at_once" ? { offer } : { suppressed };
  // Claim 2: nobody is asked, so the number must be there, and somebody to talk.
  if (mode === "call_at_once" && session.number === undefined) return { suppressed: "no_number" };
  // An agent on duty sees the visitor in the queue, and decides, busy or not, whatever the hour (patent Fig. 3).
  const closed = staffing.onDuty === 0 || (mode !== "alert_first" && !circumstances.open());
  if (closed) return callback("callback_out_of_hours", "out_of_hours");
  if (circumstances.bears(staffing)) return { offer: "contact" };
  // Alerts are for agents: a visitor is not asked for his number because they have many.
  return mode === "alert_first"
    ? { suppressed: "all_busy" }
    : callback("callback_all_busy", "all_busy");
}
