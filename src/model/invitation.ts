import type { Offer } from "./opportunity.ts";
import type { TransitionTable } from "./transition.ts";

export type InvitationState =
  | "qualified"
  | "sent"
  | "shown"
  | "accepted"
  | "declined"
  | "expired"
  | "failed";

export const invitationTransitions: TransitionTable<InvitationState> = {
  qualified: ["sent", "expired", "failed"],
  // An answer proves that it was shown, whether or not the news of that came first.
  sent: ["shown", "accepted", "declined", "expired", "failed"],
  shown: ["accepted", "declined", "expired"],
  accepted: [],
  declined: [],
  expired: [],
  failed: [],
};

/** What the visitor can answer. */
export type Choice = "none" | "chat" | "voip" | "video" | "phone" | "callback";

/** How the visitor of a chat can go on by voice. */
export type CallChoice = Extract<Choice, "voip" | "video" | "phone">;

/** The offer shown to the visitor. */
export interface Invitation {
  /** Unguessable: whoever knows it may answer it. */
  readonly id: string;
  readonly sessionId: string;
  readonly site: string;
  readonly opportunityId?: string;
  /** Present when an agent sent it: the answer is his. */
  readonly agent?: string;
  readonly offer: Offer;
  readonly heading: string;
  readonly text: string;
  readonly choices: readonly Choice[];
  /** A known number is filled in [0054]. */
  readonly number?: string;
  /** A known name is filled in. */
  readonly name?: string;
  readonly sentMs: number;
  readonly expiresMs: number;
  readonly state: InvitationState;
}
