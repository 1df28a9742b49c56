/** How a call moves: pure functions over the model's tables. */
import {
  type Call,
  callTransitions,
  type Leg,
  type LegEnd,
  type LegState,
  legTransitions,
} from "../model/call.ts";
import { mayMove, move } from "../model/transition.ts";

type Party = Leg["party"];

/** The id of a leg, from which {@link callOfLeg} finds the call again, also after a restart. */
export function legIdOf(callId: string, party: Party): string {
  return `${callId}.${party}`;
}

/** The call that a leg belongs to by its id. */
export function callOfLeg(legId: string): string {
  return legId.replace(/\.(agent|visitor)$/, "");
}

/** A new call: the agent's telephone is dialled. */
export function begun(callId: string, interactionId: string, nowMs: number): Call {
  const leg: Leg = { id: legIdOf(callId, "agent"), party: "agent", state: "dialling" };
  return { id: callId, interactionId, state: "calling_agent", legs: [leg], startedMs: nowMs };
}

/** The agent is there: the visitor is dialled. */
export function dialVisitor(call: Call): Call {
  const leg: Leg = { id: legIdOf(call.id, "visitor"), party: "visitor", state: "dialling" };
  const state = move("call", callTransitions, call.state, "calling_visitor");
  return { ...call, state, legs: [...call.legs, leg] };
}

/** The two hear each other. */
export function joined(call: Call, nowMs: number): Call {
  const state = move("call", callTransitions, call.state, "joined");
  const legs = call.legs.map((leg) => legInState(leg, "joined"));
  return { ...call, state, legs, joinedMs: nowMs };
}

/** A leg rings or is answered; the same call when it is past that already. */
export function legMoved(call: Call, legId: string, state: "ringing" | "answered"): Call {
  const leg = call.legs.find((l) => l.id === legId);
  if (!leg || !mayMove(legTransitions, leg.state, state)) return call;
  const legs = call.legs.map((l) => (l === leg ? legInState(l, state) : l));
  return { ...call, legs };
}

/** The call is over because of one leg; we end the others. */
export function ended(call: Call, party: Party, reason: LegEnd, nowMs: number): Call {
  const state = move("call", callTransitions, call.state, "ended");
  const legs = call.legs.map((leg) => {
    const end = leg.party === party ? reason : "released";
    return leg.state === "ended" ? leg : { ...legInState(leg, "ended"), end };
  });
  return { ...call, state, legs, endedMs: nowMs, end: { party, reason } };
}

function legInState(leg: Leg, state: LegState): Leg {
  return { ...leg, state: move("leg", legTransitions, leg.state, state) };
}
