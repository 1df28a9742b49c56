/**
 * A chat that turns into a call within the same contact: the agent offers it, the visitor accepts with a press, the text goes on
 * beside it. When the call is over, or comes to nothing, the chat goes on.
 */
import type { Agent } from "../model/agent.ts";
import { type Call, callEndWords } from "../model/call.ts";
import type { Clock } from "../model/clock.ts";
import { isChat, isTalk } from "../model/interaction.ts";
import type { CallChoice } from "../model/invitation.ts";
import type { CallGuards } from "./call-guards.ts";
import type { Calls } from "./calls.ts";
import type { Chats } from "./chats.ts";
import type { Contact, Contacts } from "./contacts.ts";
import type { Directory } from "./directory.ts";
import type { Journal } from "./journal.ts";
import type { Visits } from "./ports.ts";
import type { Presence } from "./presence.ts";
import { isRefusal, type Outcome, refuse } from "./refusal.ts";

type Ok = Outcome<{ ok: true }>;

export interface CallOffers {
  /** Offers the visitor of a chat what is possible now. */
  offer(agent: Agent, contact: Contact): Ok;
  takeBack(contact: Contact): Ok;
  /**
   * The visitor's answer. With `phone` the telephones ring next; else his window opens and gets his microphone first.
   *
   * @param typed his number, with `phone`
   */
  answer(contact: Contact, choice: CallChoice | "none", typed?: string): Ok;
  /** The visitor would rather be called by telephone, from the window that was to be the call, or is it. */
  byTelephone(contact: Contact, typed: string): Ok;
  /** The visitor's browser can be called. */
  ready(contact: Contact): void;
  /** The visitor has closed the window before there was a call. */
  left(contact: Contact): void;
  /** The call of the contact is over, or its agent is. */
  callOver(contact: Contact, call: Call | undefined): void;
}

const DONE = { ok: true } as const;
const GOES_ON = "The chat goes on.";

export function createCallOffers(ports: {
  readonly calls: Calls;
  readonly chats: Chats;
  readonly clock: Clock;
  readonly contacts: Contacts;
  readonly directory: Directory;
  readonly guards: CallGuards;
  readonly journal: Journal;
  readonly presence: Presence;
  readonly visits: Visits;
  /** How a visitor may talk with this agent by his browser. */
  browserChoices(agent: Agent): readonly ("voip" | "video")[];
}): CallOffers {
  const { calls, chats, clock, contacts, directory, guards, journal, presence } = ports;

  const say = (contact: Contact, text: string) =>
    journal.note("chat", contacts.say(contact, "system", text));
  const withdraw = (contact: Contact, words: string) => {
    contact.offer = undefined;
    say(contact, words);
    contacts.tell(contact);
  };
  const isOpen = ({ offer, interaction }: Contact) =>
    offer !== undefined && interaction.state === "active";
  const agentOf = ({ interaction }: Contact) => directory.agent(interaction.agent ?? "");
  /** Why the agent cannot be called, for the visitor to read. */
  const cannotCome = (agent: Agent | undefined) =>
    `${agent?.displayName ?? "Nobody"} cannot come to the telephone at the moment. ${GOES_ON}`;

  const byTelephone = (contact: Contact, typed: string): Ok => {
    const { site, firm, sessionId } = contact.interaction;
    const agent = agentOf(contact);
    const wanted = guards.parseNow(typed, { site, firm });
    if (isRefusal(wanted)) return wanted;
    const { number } = wanted;
    if (!agent || calls.hindrance(agent, contact)) return refuse("busy", cannotCome(agent));
    const done = calls.fromChat(agent, contact, { kind: "phone", number });
    if (isRefusal(done)) return done;
    if (sessionId !== undefined) ports.visits.learn(sessionId, { atMs: clock.nowMs(), number });
    return done;
  };

  return {
    offer(agent, contact) {
      const { kind, state } = contact.interaction;
      if (kind !== "chat" || state !== "active") {
        return refuse("too_late", "A call can be offered in a chat that goes on.");
      }
      if (contact.offer) return refuse("too_late", "You have offered a call already.");
      const hindrance = calls.hindrance(agent, contact);
      if (hindrance) return hindrance;
      contact.offer = { choices: [...ports.browserChoices(agent), "phone"] };
      say(contact, `${agent.displayName} offers to talk with you.`);
      contacts.tell(contact);
      return DONE;
    },
    takeBack(contact) {
      if (!contact.offer) return refuse("too_late", "There is no offer to take back any more.");
      withdraw(contact, `The offer to talk was taken back. ${GOES_ON}`);
      return DONE;
    },
    answer(contact, choice, typed = "") {
      if (!isOpen(contact) || !contact.offer) {
        return refuse("too_late", "This offer is no longer open.");
      }
      if (choice === "none") {
        withdraw(contact, `No call for now. ${GOES_ON}`);
        return DONE;
      }
      if (!contact.offer.choices.includes(choice)) {
        return refuse("bad_order", "Please choose one of the answers.");
      }
      if (choice === "phone") return byTelephone(contact, typed);
      contact.offer = { ...contact.offer, accepted: choice };
      contacts.tell(contact);
      return DONE;
    },
    byTelephone(contact, typed) {
      // The line of his browser is of no use to him.
      if (isTalk(contact.interaction.kind)) calls.release(contact);
      if (contact.interaction.state !== "active") {
        return refuse("too_late", "This conversation is over.");
      }
      return byTelephone(contact, typed);
    },
    ready(contact) {
      const kind = contact.offer?.accepted;
      if (kind === undefined || !isOpen(contact)) return;
      const agent = agentOf(contact);
      const done = agent && calls.fromChat(agent, contact, { kind });
      if (!done || isRefusal(done)) withdraw(contact, cannotCome(agent));
    },
    left(contact) {
      if (contact.offer?.accepted)
        withdraw(contact, `The call\u2019s window was closed. ${GOES_ON}`);
    },
    callOver(contact, call) {
      const { kind, state } = contact.interaction;
      if (kind === "chat" || !isChat(contact.interaction)) return contacts.show(contact);
      journal.note(
        "contact",
        state === "active"
          ? contacts.change(contact, { kind: "chat" })
          : contacts.move(contact, "active", { kind: "chat" }),
      );
      say(contact, `${call ? callEndWords(call) : "The call is over."} ${GOES_ON}`);
      const agent = agentOf(contact);
      if (!agent || presence.view(agent).status === "logged_out") chats.abandon(contact);
    },
  };
}
