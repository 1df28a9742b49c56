/** States, times and pages as an agent reads them. Pure. */
import type { Call, LegEnd, Party } from "../../model/call.ts";
import type { Explanation, FactNow } from "../../model/explanation.ts";
import type { InteractionKind, InteractionOutcome } from "../../model/interaction.ts";
import type { Invitation } from "../../model/invitation.ts";
import type { AgentView } from "../protocol.ts";

/** `4:07`, `1:02:30`; never negative. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}

/** `2 hours 5 min`, `40 s`: for times nobody watches running. */
export function roughly(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.max(0, Math.floor(ms / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  day: "numeric",
  month: "short",
});

/** Time of day, on the agent's own clock. */
export function timeOfDay(atMs: number): string {
  return clock.format(atMs);
}

/** Day and time of day. */
export function moment(atMs: number): string {
  return `${day.format(atMs)}, ${clock.format(atMs)}`;
}

const ENDS: Readonly<Record<LegEnd, string>> = {
  hung_up: "hung up",
  released: "released",
  busy: "busy",
  no_answer: "no answer",
  refused: "call refused",
  unknown_number: "number unknown",
  unreachable: "cannot be reached",
  network_trouble: "trouble in the network",
  switch_down: "the exchange could not be reached",
  unseen: "ended while the exchange was out of our sight",
};

/** What one party's telephone is doing. */
export function legWords(call: Call, party: Party): string {
  const leg = call.legs.findLast((l) => l.party === party);
  if (!leg) return call.state === "ended" ? "not called" : "not called yet";
  if (leg.state === "ended") return leg.end ? ENDS[leg.end] : "ended";
  return {
    dialling: "dialling",
    ringing: "ringing",
    answered: "answered",
    joined: "connected",
    held: "on hold",
  }[leg.state];
}

/** Why a call has come to the agent by itself. */
export function automaticWords(interaction: {
  readonly callbackId?: string;
  readonly invitationId?: string;
}): string {
  if (interaction.callbackId !== undefined)
    return "Automatic call: a callback that is due. To get no more of them, say On break.";
  return interaction.invitationId === undefined
    ? "Automatic call: a campaign has found this visitor, who has not asked for it. To get no more of them, say On break."
    : "Automatic call: the visitor waits to be called now. To get no more of them, say On break.";
}

/** The call in one line. */
export function callWords(call: Call): string {
  switch (call.state) {
    case "calling_agent":
      return "Your telephone is ringing. Lift the receiver, and the visitor is called.";
    case "calling_visitor":
      return "Calling the visitor \u2026";
    case "dialling":
    case "waiting":
    case "announcing":
      return "The visitor is being called, and goes to whoever is free.";
    case "joined":
      return "You are connected.";
    case "held":
      return thirdFailed(call) ?? "The visitor is on hold.";
    case "consulting": {
      const there = call.legs.findLast((leg) => leg.party === "third")?.state === "joined";
      return there
        ? "You are talking with the other party. The visitor waits."
        : "Calling the other party \u2026 The visitor waits.";
    }
    case "conference":
      return "All three of you are connected.";
    case "transferring":
      return "Handing the visitor on \u2026 If nobody answers, your telephone rings again.";
    case "transferred":
      return "The visitor was handed on.";
    case "ended": {
      if (!call.end) return "The call is over.";
      const who = { agent: "Your telephone", visitor: "Visitor", third: "Other party" }[
        call.end.party
      ];
      return call.joinedMs === undefined
        ? `No connection. ${who}: ${ENDS[call.end.reason]}.`
        : `The call is over. ${who}: ${ENDS[call.end.reason]}.`;
    }
  }
}

/** Why the visitor is on hold again: who was to be consulted is not there. */
function thirdFailed(call: Call): string | undefined {
  const third = call.legs.findLast((leg) => leg.party === "third");
  if (third?.end === undefined || third.end === "released") return undefined;
  return `The other party: ${ENDS[third.end]}. The visitor is on hold.`;
}

const OUTCOMES: Readonly<Record<InteractionOutcome, string>> = {
  answered: "Answered",
  abandoned: "The visitor left before",
  no_answer: "No answer",
  busy: "Busy",
  refused: "Call refused",
  failed: "The call failed",
};

export function outcomeWords(outcome: InteractionOutcome): string {
  return OUTCOMES[outcome];
}

export function invitationWords(invitation: Invitation): string {
  return {
    qualified: "is being sent",
    sent: "is on its way",
    shown: "is on the visitor\u2019s screen",
    accepted: "was accepted",
    declined: "was declined",
    expired: "was not answered in time",
    failed: "could not be delivered",
  }[invitation.state];
}

/** What the agent is doing, for the top bar. */
export function agentWords(agent: AgentView): string {
  if (agent.state === "idle") {
    return { available: "Available", on_break: "On break", logged_out: "Not on duty" }[
      agent.status
    ];
  }
  return {
    reserved: "Contact coming",
    ringing: "Ringing",
    talking: "In conversation",
    held: "Holding",
    wrapping: "Wrapping up",
  }[agent.state];
}

/** Customer type by priority [0047]. */
export function priorityWords(priority: number): string {
  if (priority === 0) return "nuisance";
  if (priority >= 7) return "valued customer";
  return priority >= 4 ? "known customer" : "new contact";
}

/** A page's address without what only machines read, for narrow places. */
export function pageWords(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? "";
  return path === "/" ? "Home page" : path;
}

const HELD_BACK: Readonly<Record<string, string>> = {
  priority_0: "the visitor has priority 0",
  served: "an agent has talked to the visitor in this visit",
  open_opportunity: "a campaign has taken the visitor up already",
  per_page: "often enough on this page",
  per_visit: "often enough in this visit",
  per_visitor: "often enough of this visitor",
  cool_down: "the visitor was invited a short while ago",
  too_many: "too many opportunities are open",
  no_number: "the visitor\u2019s number is not known",
  out_of_hours: "nobody is on duty now",
  all_busy: "all agents are busy",
  hold_out: "the visitor is in the control group",
};

/** What comes of a campaign with a visitor, or why nothing does. */
export function explanationWords({ result, offer, why }: Explanation): string {
  if (result === "unknown") return "Cannot be told: something that it asks is unknown.";
  if (result === "false") return "The visitor is not meant by it.";
  if (why !== undefined) return `Nothing happens: ${HELD_BACK[why] ?? why}.`;
  return offer === "contact"
    ? "The visitor would be taken up now."
    : "A callback would be offered now.";
}

/** A fact with its value. */
export function factWords({ name, value, why }: FactNow): string {
  if (value === undefined) return `${name} is unknown${why === undefined ? "" : `: ${why}`}`;
  return `${name} is ${typeof value === "object" ? value.join(", ") || "empty" : value === "" ? "empty" : String(value)}`;
}

const WISHES: Partial<Record<InteractionKind, string>> = {
  chat: "Would like to chat",
  voip: "Would like to talk, by browser",
  video: "Would like a web conference",
};

/** What a visitor has asked for. */
export function wishWords(kind: InteractionKind): string {
  return WISHES[kind] ?? "Would like to be called now";
}

/** Why there is no microphone, by the name of the error (Media Capture and Streams, section 10.2.1). */
export function microphoneWords(error: string): string {
  if (error === "SecurityError") return "Browsers give the microphone to HTTPS pages only.";
  if (error === "NotFoundError") return "No microphone was found.";
  if (error === "NotAllowedError") return "The browser does not allow the microphone.";
  return "The microphone cannot be used.";
}

/** Why there is no camera, by the name of the error (Media Capture and Streams, section 10.2.1). */
export function cameraWords(error: string): string {
  if (error === "NotFoundError") return "No camera was found. The visitor hears you all the same.";
  if (error === "NotAllowedError")
    return "The browser does not allow the camera. The visitor hears you all the same.";
  return "The camera cannot be used. The visitor hears you all the same.";
}
