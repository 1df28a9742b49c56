/** Contacts by telephone: from an agent's word to two people talking, and back to the queue when it fails. */
import type { Agent } from "../model/agent.ts";
import { type Call, type LegEnd, legOf } from "../model/call.ts";
import type { Callback } from "../model/callback.ts";
import type { Clock } from "../model/clock.ts";
import {
  type Interaction,
  type InteractionOutcome,
  isCall,
  isChat,
  isTalk,
} from "../model/interaction.ts";
import { contactOfCallback } from "./callback-contact.ts";
import type { CallGuards } from "./call-guards.ts";
import type { CallOffers } from "./call-offers.ts";
import type { Contact, Contacts } from "./contacts.ts";
import type { DeskEvents } from "./events.ts";
import type { JobFile } from "./job-file.ts";
import type { Journal } from "./journal.ts";
import type { Telephony } from "./ports.ts";
import { isRefusal, type Outcome, type Refusal, refuse } from "./refusal.ts";
import { lineOf, type Talks } from "./talks.ts";

type Ok = Outcome<{ ok: true }>;

export interface Calls {
  /** Why the agent cannot call anybody now, besides with the contact named. */
  hindrance(agent: Agent, besides?: Contact): Refusal | undefined;
  /** Why the number of the contact is not to be called now. */
  forbidden(interaction: Interaction): Refusal | undefined;
  /** @param lineId the line on which he has lifted the receiver; else his telephone rings */
  accept(agent: Agent, contact: Contact, lineId?: string): Ok;
  /** The chat turns into a call, with its agent. */
  fromChat(agent: Agent, contact: Contact, by: Pick<Interaction, "kind" | "number">): Ok;
  redial(agent: Agent, contact: Contact, lineId?: string): Ok;
  /** Takes a callback from the job file: it becomes a contact. */
  acceptCallback(
    agent: Agent,
    callbackId: string,
    lineId?: string,
  ): Outcome<{ readonly interactionId: string }>;
  /** The contact that a callback becomes, before anybody has it. */
  contactOf(callback: Callback): Interaction;
  /** Nobody was reached, through no fault of the visitor's: back to the queue, or the job file. */
  handBack(contact: Contact): void;
  /** Hangs up. */
  release(contact: Contact): Ok;
  /** The agent is gone: who was not talked to goes back, to be called by others. */
  abandon(contact: Contact): void;
  /** News from the exchange. */
  changed(call: Call): void;
}

const OUTCOMES: Partial<Record<LegEnd, InteractionOutcome>> = {
  busy: "busy",
  no_answer: "no_answer",
  refused: "refused",
};

export function createCalls(ports: {
  readonly clock: Clock;
  readonly contacts: Contacts;
  readonly events: DeskEvents;
  readonly guards: CallGuards;
  readonly jobFile: JobFile;
  readonly journal: Journal;
  readonly talks: () => Pick<Talks, "hindrance">;
  readonly offers: () => Pick<CallOffers, "callOver">;
  readonly telephony: Telephony;
  /** Takes the line on which the agent has lifted the receiver, if he has: his telephone cannot ring then. */
  takeLine(agent: Agent): string | undefined;
  randomId(): string;
  switchUp(): boolean;
  /** Whether the agent's own telephone can be rung, as far as that can be known. */
  telephoneReady(agent: Agent): boolean;
}): Calls {
  const { clock, contacts, events, jobFile, journal, telephony } = ports;
  const note = (written: Promise<void>) => journal.note("contact", written);

  const hindrance = (agent: Agent, besides?: Contact) => {
    if (!ports.switchUp()) {
      return refuse("switch_down", "The telephone exchange cannot be reached at the moment.");
    }
    if (!ports.telephoneReady(agent)) {
      return refuse("busy", "Connect your telephone first: see above, beside your name.");
    }
    const other = contacts
      .of(agent.name)
      .find((contact) => isCall(contact.interaction.kind) && contact !== besides);
    if (other) return refuse("busy", "Close the call you have first.");
    if (besides?.call?.state === "transferred") {
      return refuse("busy", "The visitor still talks with whoever he was handed on to.");
    }
    return contacts.consultedBy(agent.name) && refuse("busy", "A colleague is consulting you.");
  };
  const forbidden = (interaction: Interaction) => {
    if (isTalk(interaction.kind)) return ports.talks().hindrance(interaction);
    const { id, number = "", site, firm, callbackId, invitationId } = interaction;
    // Who did not ask to be called now is called by day only.
    const later = callbackId !== undefined || invitationId === undefined;
    const hindrance = ports.guards.dial({ number, site, firm }, { id, later });
    return hindrance && refuse("not_called", hindrance.message);
  };
  const dial = (
    agent: Agent,
    contact: Contact,
    line: string | undefined,
    changes: Partial<Interaction> = {},
  ) => {
    const lineId = line ?? ports.takeLine(agent);
    const callId = ports.randomId();
    contact.callId = callId;
    contact.call = undefined;
    contact.givenUp = false;
    contact.onLine = lineId !== undefined;
    note(contacts.move(contact, "connecting", changes));
    const { id, number = "", site } = contact.interaction;
    const call = telephony.clickToCall({
      callId,
      interactionId: id,
      agent: agent.name,
      telephone: agent.telephone,
      number,
      site,
      ...(isTalk(contact.interaction.kind) && { line: lineOf(id) }),
      ...(lineId !== undefined && { lineId }),
    });
    // News may have come while the order was being given; then that is newer.
    if (contact.call === undefined && contact.callId === callId) changed(call);
  };
  const contactOf = (callback: Callback) =>
    contactOfCallback(callback, ports.randomId(), clock.nowMs());
  const handBack = (contact: Contact) => {
    const { callbackId } = contact.interaction;
    contact.callId = undefined;
    if (callbackId === undefined) return contacts.requeue(contact);
    // The job file keeps it; it needs no second place in the queue.
    jobFile.giveBack(callbackId);
    note(contacts.move(contact, "closed", { outcome: "failed", endedMs: clock.nowMs() }));
  };
  const wrapUp = (contact: Contact, outcome: InteractionOutcome) => {
    note(contacts.move(contact, "wrapping", { outcome, endedMs: clock.nowMs() }));
  };
  const talked = (contact: Contact) => {
    events.talked(clock.nowMs() - (contact.interaction.activeMs ?? clock.nowMs()));
    wrapUp(contact, "answered");
  };
  const ended = (contact: Contact, call: Call) => {
    const { interaction } = contact;
    if (isChat(interaction)) return ports.offers().callOver(contact, call);
    if (interaction.state === "active" || interaction.state === "held") return talked(contact);
    if (interaction.state !== "connecting") return contacts.show(contact);
    const { party, reason } = call.end ?? { party: "agent", reason: "network_trouble" };
    const agentNotReached = party === "agent" && reason !== "hung_up";
    if (agentNotReached && !contact.givenUp) return handBack(contact);
    wrapUp(contact, (party === "visitor" && OUTCOMES[reason]) || "failed");
  };
  const changed = (call: Call) => {
    const contact = contacts.get(call.interactionId);
    if (!contact || contact.callId !== call.id) return;
    const before = contact.call?.state;
    contact.call = call;
    const { interaction } = contact;
    if (call.state !== before && interaction.callbackId && triedNow(before, call)) {
      jobFile.attempted(interaction.callbackId);
    }
    const { agent } = legOf(call, "agent") ?? {};
    if (agent !== undefined && agent !== interaction.agent) note(contacts.handOver(contact, agent));
    follow(contact, call);
    // The contact may stay as it is; who was handed on is told that it is over.
    if (before === "transferred" && call.state === "ended") contacts.tell(contact);
    contacts.refreshLoad(contact);
  };
  /** The contact does as its call does. */
  const follow = (contact: Contact, call: Call) => {
    const { interaction } = contact;
    const { state } = interaction;
    if (call.state === "ended") return ended(contact, call);
    if (call.state === "joined" && state === "connecting") {
      if (isChat(interaction)) return note(contacts.move(contact, "active"));
      const activeMs = call.joinedMs ?? clock.nowMs();
      note(contacts.move(contact, "active", { activeMs }));
      return events.joined(interaction, activeMs - interaction.queuedMs, contacts.waiting());
    }
    const next = interactionStateOf(call);
    if (state === "active" && next === "held") note(contacts.move(contact, "held"));
    else if (state === "held" && next === "active") note(contacts.move(contact, "active"));
    else if ((state === "active" || state === "held") && next === "wrapping") {
      if (isChat(interaction)) ports.offers().callOver(contact, call);
      else talked(contact);
    } else contacts.show(contact);
  };

  const accept = (agent: Agent, contact: Contact, lineId?: string): Ok => {
    const reason = hindrance(agent, contact) ?? forbidden(contact.interaction);
    if (reason) return reason;
    note(contacts.move(contact, "reserved", { agent: agent.name }));
    dial(agent, contact, lineId);
    return { ok: true };
  };

  return {
    hindrance,
    forbidden,
    accept,
    contactOf,
    handBack,
    acceptCallback(agent, callbackId, lineId) {
      const hindered = hindrance(agent);
      if (hindered) return hindered;
      const callback = jobFile.get(agent, callbackId);
      if (isRefusal(callback)) return callback;
      const interaction = { ...contactOf(callback), preferredAgent: agent.name };
      const reason = forbidden(interaction) ?? jobFile.reserve(agent, callbackId);
      if (isRefusal(reason)) return reason;
      // Not by way of the queue, where somebody else could take it: it is this agent's from the first.
      const taken = accept(agent, contacts.restore(interaction, []), lineId);
      return isRefusal(taken) ? taken : { interactionId: interaction.id };
    },
    fromChat(agent, contact, by) {
      const reason = hindrance(agent, contact) ?? forbidden({ ...contact.interaction, ...by });
      if (reason) return reason;
      contact.offer = undefined;
      dial(agent, contact, undefined, { ...by, beganAs: "chat" });
      return { ok: true };
    },
    redial(agent, contact, lineId) {
      if (contact.interaction.state !== "wrapping") {
        return refuse("too_late", "A call can be tried again once it has ended.");
      }
      const reason = hindrance(agent, contact) ?? forbidden(contact.interaction);
      if (reason) return reason;
      dial(agent, contact, lineId);
      return { ok: true };
    },
    release(contact) {
      const { state } = contact.interaction;
      const running = state === "connecting" || state === "active" || state === "held";
      if (!running || contact.callId === undefined) {
        return refuse("too_late", "There is no call to end.");
      }
      contact.givenUp = true;
      telephony.release(contact.callId);
      return { ok: true };
    },
    abandon(contact) {
      const { state, outcome } = contact.interaction;
      const notReached = state === "wrapping" && outcome !== "answered";
      if (state !== "reserved" && state !== "connecting" && !notReached) return;
      const { callId } = contact;
      if (isChat(contact.interaction)) {
        contact.callId = undefined;
        ports.offers().callOver(contact, undefined);
      } else handBack(contact);
      if (callId !== undefined) telephony.release(callId);
    },
    changed,
  };
}

/** What a call that was joined once means for its contact: `held` while the agent does not talk with the visitor. */
function interactionStateOf({ state }: Call): "active" | "held" | "wrapping" {
  if (state === "joined" || state === "conference") return "active";
  return state === "transferred" ? "wrapping" : "held";
}

/** Whether the visitor's number began to be dialled with this news. */
function triedNow(before: Call["state"] | undefined, call: Call): boolean {
  if (before === "calling_visitor" || before === "joined") return false;
  return (
    call.state === "calling_visitor" ||
    call.state === "joined" ||
    (call.state === "ended" && call.end?.party === "visitor")
  );
}
