/** How a call moves: pure functions over the model's tables. */
import {
  type Call,
  type CallState,
  callTransitions,
  type Leg,
  type LegEnd,
  type LegState,
  legOf,
  legTransitions,
  type Party,
} from "../model/call.ts";
import { mayMove, move } from "../model/transition.ts";
import type { Sound } from "./switch.ts";

/** Where a leg belongs: in the call's bridge, or by itself, hearing something or nothing. */
export type Place = "bridge" | Sound | "silence";

/** Where each leg that is answered belongs in the call's state. */
export function placesOf(call: Call): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const leg of call.legs) {
    if (isThere(leg)) places.set(leg.id, placeOf(call, leg.party));
  }
  return places;
}

function placeOf(call: Call, party: Party): Place {
  switch (call.state) {
    case "calling_agent":
      return party === "visitor" ? "ringing" : "silence";
    case "calling_visitor":
      return party === "agent" ? "ringing" : "silence";
    case "dialling":
    case "waiting":
      return "silence";
    case "announcing":
      return "nobody_free";
    case "held":
      // The agent is alone in the bridge, and hears nothing.
      return party === "visitor" ? "music" : "bridge";
    case "consulting":
      if (party === "visitor") return "music";
      return isThere(legOf(call, "third")) ? "bridge" : "ringing";
    case "transferring":
      return "ringing";
    case "joined":
    case "conference":
    case "transferred":
      return "bridge";
    case "ended":
      return "silence";
  }
}

/** Whether the leg was answered and has not ended. */
export function isThere(leg: Leg | undefined): boolean {
  return leg?.state === "answered" || leg?.state === "joined" || leg?.state === "held";
}

/** Whether the leg has not ended. */
export function isLive(leg: Leg | undefined): leg is Leg {
  return leg !== undefined && leg.state !== "ended";
}

/** A leg of a party is about to be dialled. */
export function dialled(call: Call, leg: Pick<Leg, "party" | "to" | "agent">): Call {
  const count = call.legs.length + 1;
  const id = `${call.id}.${leg.party}${count > 2 ? `.${count}` : ""}`;
  return { ...call, legs: [...call.legs, { ...leg, id, state: "dialling" }] };
}

/** The call in another state, with its legs where they belong in it. */
export function entered(call: Call, state: CallState, nowMs: number): Call {
  const next: Call = {
    ...call,
    state: call.state === state ? state : move("call", callTransitions, call.state, state),
    ...(state === "joined" && { joinedMs: call.joinedMs ?? nowMs }),
  };
  const places = placesOf(next);
  const legs = next.legs.map((leg) => {
    const place = places.get(leg.id);
    return place === undefined ? leg : legInState(leg, legStateIn(place));
  });
  return { ...next, legs };
}

function legStateIn(place: Place): LegState {
  if (place === "bridge") return "joined";
  return place === "music" ? "held" : "answered";
}

/** A leg rings or is answered; the same call when it is past that already. */
export function legMoved(call: Call, legId: string, state: "ringing" | "answered"): Call {
  const leg = call.legs.find((l) => l.id === legId);
  const news = leg?.state === "dialling" || leg?.state === "ringing";
  if (!leg || !news || !mayMove(legTransitions, leg.state, state)) return call;
  return withLeg(call, legInState(leg, state));
}

/** One leg is over; the call goes on. */
export function legEnded(call: Call, legId: string, end: LegEnd): Call {
  const leg = call.legs.find((l) => l.id === legId);
  return isLive(leg) ? withLeg(call, { ...legInState(leg, "ended"), end }) : call;
}

/** The third has the call from now on: the agent's leg is over. An agent of ours becomes its agent. */
export function handedOver(call: Call, nowMs: number): Call {
  const [agent, third] = [legOf(call, "agent"), legOf(call, "third")];
  if (!third) throw new Error(`call ${call.id} has nobody to be handed over to`);
  const alone = isLive(agent) ? legEnded(call, agent.id, "released") : call;
  if (third.agent === undefined) return entered(alone, "transferred", nowMs);
  return entered(withLeg(alone, { ...third, party: "agent" }), "joined", nowMs);
}

/** The call is over because of one leg; we end the others. */
export function ended(call: Call, party: Party, reason: LegEnd, nowMs: number): Call {
  const state = move("call", callTransitions, call.state, "ended");
  const cause = legOf(call, party);
  const legs = call.legs.map((leg) =>
    isLive(leg) ? { ...legInState(leg, "ended"), end: leg === cause ? reason : "released" } : leg,
  );
  return { ...call, state, legs, endedMs: nowMs, end: { party, reason } };
}

function withLeg(call: Call, leg: Leg): Call {
  return { ...call, legs: call.legs.map((l) => (l.id === leg.id ? leg : l)) };
}

function legInState(leg: Leg, state: LegState): Leg {
  if (leg.state === state) return leg;
  return { ...leg, state: move("leg", legTransitions, leg.state, state) };
}
