/** What an agent does with a call he has: hold, consult, transfer, conference. */
import { type Agent, destinationOf } from "../model/agent.ts";
import type { CallGuards } from "./call-guards.ts";
import type { Contact, Contacts } from "./contacts.ts";
import type { Directory } from "./directory.ts";
import type { Telephony, TelephonyDone, ThirdParty } from "./ports.ts";
import type { Presence } from "./presence.ts";
import type { Third } from "./protocol.ts";
import { isRefusal, type Outcome, type Refusal, refuse } from "./refusal.ts";

type Ok = Outcome<{ ok: true }>;

export interface CallOrders {
  hold(contact: Contact): Promise<Ok>;
  resume(contact: Contact): Promise<Ok>;
  consult(agent: Agent, contact: Contact, third: Third): Promise<Ok>;
  conference(contact: Contact): Promise<Ok>;
  transfer(agent: Agent, contact: Contact, third: Third | undefined): Promise<Ok>;
  sendDigits(contact: Contact, digits: string): Promise<Ok>;
}

export function createCallOrders(ports: {
  readonly contacts: Contacts;
  readonly directory: Directory;
  readonly guards: CallGuards;
  readonly presence: Presence;
  readonly telephony: Telephony;
  /** Whether the agent has the receiver in his hand: his telephone cannot ring then. */
  lifted(agent: string): boolean;
}): CallOrders {
  const { contacts, directory, guards, presence, telephony } = ports;

  const order = async (contact: Contact, give: (callId: string) => Promise<TelephonyDone>) => {
    const { callId } = contact;
    return callId === undefined ? REFUSALS.too_late : outcomeOf(await give(callId));
  };
  const partyOf = (agent: Agent, { interaction }: Contact, third: Third): Outcome<ThirdParty> => {
    const { id, site, firm } = interaction;
    if ("number" in third) {
      const parsed = guards.parse(third.number, site);
      if (!parsed.ok) return refuse("not_called", parsed.message);
      const number = parsed.e164;
      const hindrance = guards.dial({ number, site, firm }, { id, later: false });
      if (hindrance) return refuse("not_called", hindrance.message);
      return { to: { kind: "public", number } };
    }
    const colleague = directory.agent(third.agent);
    if (colleague?.firm !== firm || colleague.name === agent.name) {
      return refuse("not_found", "There is no such colleague.");
    }
    const { name, displayName } = colleague;
    const there = presence.onDuty(firm).some((other) => other.name === name);
    if (!there || !contacts.load(name).free || ports.lifted(name))
      return refuse("busy", `${displayName} is not free.`);
    return { to: destinationOf(colleague), agent: name };
  };

  return {
    hold: (contact) => order(contact, (callId) => telephony.hold(callId)),
    resume: (contact) => order(contact, (callId) => telephony.resume(callId)),
    conference: (contact) => order(contact, (callId) => telephony.conference(callId)),
    sendDigits: (contact, digits) =>
      order(contact, (callId) => telephony.sendDigits(callId, digits)),
    async consult(agent, contact, third) {
      const party = partyOf(agent, contact, third);
      if (isRefusal(party)) return party;
      return order(contact, (callId) => telephony.consult(callId, party));
    },
    async transfer(agent, contact, third) {
      const party = third && partyOf(agent, contact, third);
      if (party && isRefusal(party)) return party;
      return order(contact, (callId) => telephony.transfer(callId, party));
    },
  };
}

const REFUSALS: Readonly<Record<Exclude<TelephonyDone, "done">, Refusal>> = {
  too_late: refuse("too_late", "The call has moved on; look at what it is doing now."),
  switch_down: refuse("switch_down", "The telephone exchange cannot be reached at the moment."),
  failed: refuse("too_late", "The telephone exchange could not do that."),
  cannot: refuse(
    "unsupported",
    "Without a telephone exchange three cannot talk at once. Give the call over, or go back to the visitor.",
  ),
};

function outcomeOf(done: TelephonyDone): Ok {
  return done === "done" ? { ok: true } : REFUSALS[done];
}
