import type { TransitionTable } from "./transition.ts";

export type LegState = "dialling" | "ringing" | "answered" | "joined" | "held" | "ended";

export const legTransitions: TransitionTable<LegState> = {
  dialling: ["ringing", "answered", "ended"],
  ringing: ["answered", "ended"],
  answered: ["joined", "held", "ended"],
  joined: ["held", "answered", "ended"],
  held: ["joined", "answered", "ended"],
  ended: [],
};

/**
 * Why a leg ended. `hung_up`: its own party put the receiver down. `released`: we ended it. The rest is what the far side
 * or the network said, taken from the SIP status (RFC 3261, section 21), not from our own guesses. `switch_down`: the exchange could
 * not be asked. `unseen`: it ended while we were cut off from the exchange, and nobody can say why.
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
  | "switch_down"
  | "unseen";

/** Whether nobody of the call ended it: it was lost with the exchange. */
export function isCutOff(end: LegEnd): boolean {
  return end === "switch_down" || end === "unseen";
}

/** Whose telephone a leg leads to. `third`: who is consulted, or brought into a conference. */
export type Party = "agent" | "visitor" | "third";

/** Whom to ring. */
export type Destination =
  /** An agent's telephone, as the exchange names it. */
  | { readonly kind: "agent"; readonly telephone: string }
  /** Somebody on the public network, E.164. */
  | { readonly kind: "public"; readonly number: string }
  /** A browser that has taken the line. */
  | { readonly kind: "browser"; readonly line: string };

export interface Leg {
  readonly id: string;
  /** A third who takes the call over becomes its agent. */
  readonly party: Party;
  readonly to: Destination;
  /** The agent's log-in name, when it leads to one. */
  readonly agent?: string;
  readonly state: LegState;
  readonly end?: LegEnd;
}

/**
 * - `dialling`: the visitor's telephone rings, and there is no agent yet; `waiting`: he has answered; `announcing`: there was none
 *   in time, and he hears a message that says so.
 * - `held`: the visitor hears music if the exchange plays any, the agent nothing.
 * - `consulting`: the visitor waits in the same way, a third is being called or talks with the agent.
 * - `conference`: all three hear each other.
 * - `transferring`: the agent has left; the visitor hears the third's telephone ring. When that fails the agent is called
 *   again (`calling_agent`).
 * - `transferred`: the visitor talks with a third who is no agent of ours.
 */
export type CallState =
  | "calling_agent"
  | "calling_visitor"
  | "dialling"
  | "waiting"
  | "announcing"
  | "joined"
  | "held"
  | "consulting"
  | "conference"
  | "transferring"
  | "transferred"
  | "ended";

export const callTransitions: TransitionTable<CallState> = {
  calling_agent: ["calling_visitor", "joined", "ended"],
  calling_visitor: ["joined", "ended"],
  dialling: ["waiting", "ended"],
  waiting: ["joined", "announcing", "ended"],
  announcing: ["ended"],
  joined: ["held", "consulting", "transferring", "ended"],
  held: ["joined", "consulting", "transferring", "ended"],
  consulting: ["joined", "held", "conference", "transferring", "transferred", "ended"],
  conference: ["joined", "transferred", "ended"],
  transferring: ["joined", "transferred", "calling_agent", "ended"],
  transferred: ["ended"],
  ended: [],
};

/** A telephone call: legs, of which those that talk are joined in one bridge. */
export interface Call {
  readonly id: string;
  readonly interactionId: string;
  readonly site: string;
  readonly state: CallState;
  /** In the order in which they were dialled, also those that have ended: the last one of a party is the one that counts. */
  readonly legs: readonly Leg[];
  /** The visitor's, E.164; empty when he talks by his browser. */
  readonly number: string;
  /** The line of the visitor's browser, in place of a number. */
  readonly line?: string;
  readonly startedMs: number;
  /** When agent and visitor first talked. */
  readonly joinedMs?: number;
  readonly endedMs?: number;
  /** Why the call never got to `joined`, or how it ended: that of the leg that ended it. */
  readonly end?: { readonly party: Party; readonly reason: LegEnd };
}

/** The leg of a party that counts; it may have ended. */
export function legOf(call: Call, party: Party): Leg | undefined {
  return call.legs.findLast((leg) => leg.party === party);
}

const ENDS: Partial<Record<LegEnd, string>> = {
  busy: "the line was busy",
  no_answer: "nobody answered",
  refused: "the call was refused",
  unknown_number: "there is no such number",
};

/** How a call has ended, as both sides may read it. */
export function callEndWords({ state, joinedMs, end }: Call): string {
  if (state === "transferred") return "The call was handed on.";
  if (joinedMs !== undefined) return "The call is over.";
  const why = end?.party === "visitor" ? ENDS[end.reason] : undefined;
  if (end?.party === "agent")
    return "There was no call: the telephone on our side was not answered.";
  return why === undefined ? "The call could not be connected." : `There was no call: ${why}.`;
}
