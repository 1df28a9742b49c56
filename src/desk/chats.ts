/** Contacts by chat. */
import type { Agent } from "../model/agent.ts";
import type { Clock } from "../model/clock.ts";
import { isChat } from "../model/interaction.ts";
import type { Contact, Contacts } from "./contacts.ts";
import type { DeskEvents } from "./events.ts";
import { createFlood } from "./flood.ts";
import type { Journal } from "./journal.ts";
import { MOST_CHATS } from "./queue.ts";
import { type Outcome, refuse } from "./refusal.ts";

type Ok = Outcome<{ ok: true }>;

export interface Chats {
  accept(agent: Agent, contact: Contact): Ok;
  /** Resolves when the message is on the disk. */
  say(contact: Contact, from: "visitor" | "agent", text: string): Promise<Ok>;
  release(contact: Contact): Ok;
  /** The agent is gone: somebody else goes on where he stopped. */
  abandon(contact: Contact): void;
}

export const LONGEST_MESSAGE = 2_000;
const MOST_MESSAGES = 1_000;

export function createChats(ports: {
  readonly clock: Clock;
  readonly contacts: Contacts;
  readonly events: DeskEvents;
  readonly journal: Journal;
}): Chats {
  const { clock, contacts, events, journal } = ports;
  const flood = createFlood({ most: 20, windowMs: 10_000 }, clock);
  const note = (written: Promise<void>) => journal.note("chat", written);
  const endTalk = (contact: Contact) => {
    const nowMs = clock.nowMs();
    contact.offer = undefined;
    events.talked(nowMs - (contact.interaction.activeMs ?? nowMs));
    note(contacts.move(contact, "wrapping", { outcome: "answered", endedMs: nowMs }));
  };

  return {
    accept(agent, contact) {
      const chats = contacts.of(agent.name).filter(({ interaction }) => isChat(interaction));
      if (chats.length >= MOST_CHATS) return refuse("busy", "Close one of your chats first.");
      const { queuedMs, activeMs } = contact.interaction;
      note(contacts.move(contact, "reserved", { agent: agent.name }));
      note(contacts.move(contact, "active", { activeMs: activeMs ?? clock.nowMs() }));
      note(contacts.say(contact, "system", `${agent.displayName} is here.`));
      events.joined(contact.interaction, clock.nowMs() - queuedMs, contacts.waiting());
      return { ok: true };
    },
    async say(contact, from, text) {
      const { id, state } = contact.interaction;
      if (state === "wrapping" || state === "closed") {
        return refuse("too_late", "This conversation is over.");
      }
      if (contact.messages.length >= MOST_MESSAGES) {
        return refuse("too_many", "This conversation has become too long; please begin a new one.");
      }
      if (!flood.admit([`${from} ${id}`])) {
        return refuse("too_many", "That was too fast. Wait a few seconds, then send it again.");
      }
      await contacts.say(contact, from, text);
      return { ok: true };
    },
    release(contact) {
      if (contact.interaction.state !== "active") {
        return refuse("too_late", "This conversation has ended already.");
      }
      note(contacts.say(contact, "system", "The conversation has ended."));
      endTalk(contact);
      return { ok: true };
    },
    abandon(contact) {
      if (contact.interaction.state === "active") {
        note(contacts.say(contact, "system", "One moment please, somebody else will be with you."));
        endTalk(contact);
        contacts.requeue(contact);
      } else if (contact.interaction.state === "reserved") {
        contacts.requeue(contact);
      }
    },
  };
}
