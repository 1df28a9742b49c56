import type { TransitionTable } from "./transition.ts";

export type LegState = "dialling" | "ringing" | "answered" | "joined" | "held" | "ended";

export const legTransitions: TransitionTable<LegState> = {
  dialling: ["ringing", "answered", "ended"],
  ringing: ["answered", "ended"],
  answered: ["joined", "ended"],
  joined: ["held", "answered", "ended"],
  held: ["joined", "ended"],
  ended: [],
};

/**
 * Why a leg ended. `hung_up`: its own party put the receiver down. `released`: we ended it. The rest is what the far side
 * or the network said, taken from the SIP status (RFC 3261, section 21), not from our own guesses.
 */
export type LegEnd =
  | "hung_up"
  | "released"
  | "busy"
  | "no_answer"
  | "refused"
  | "unknown_number"
  | "unreachable"
  | "network_trouble"
  | "switch_down";

export interface Leg {
  readonly id: string;
  readonly party: "agent" | "visitor";
  readonly state: LegState;
  readonly end?: LegEnd;
}

export type CallState = "calling_agent" | "calling_visitor" | "joined" | "ended";

export const callTransitions: TransitionTable<CallState> = {
  calling_agent: ["calling_visitor", "ended"],
  calling_visitor: ["joined", "ended"],
  joined: ["ended"],
  ended: [],
};

/** A telephone call: legs, joined in a bridge while the parties talk. */
export interface Call {
  readonly id: string;
  readonly interactionId: string;
  readonly state: CallState;
  readonly legs: readonly Leg[];
  readonly startedMs: number;
  readonly joinedMs?: number;
  readonly endedMs?: number;
  /** Why the call never got to `joined`, or how it ended: that of the leg that ended first. */
  readonly end?: { readonly party: "agent" | "visitor"; readonly reason: LegEnd };
}
