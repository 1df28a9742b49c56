/** Contacts whose visitors talk by their browsers: their lines at the exchange, and the telephone as the way out. */
import { createHash } from "node:crypto";
import type { Clock } from "../model/clock.ts";
import { type Interaction, isChat, isTalk } from "../model/interaction.ts";
import type { TalkKeys } from "../visitor/protocol.ts";
import type { CallGuards } from "./call-guards.ts";
import type { CallOffers } from "./call-offers.ts";
import type { Calls } from "./calls.ts";
import type { Contact, Contacts } from "./contacts.ts";
import type { DeskEvents } from "./events.ts";
import { createFlood } from "./flood.ts";
import type { Journal } from "./journal.ts";
import type { BrowserPhones, Telephony } from "./ports.ts";
import { isRefusal, type Outcome, type Refusal, refuse } from "./refusal.ts";

/** A call by browser that is not over. */
export interface Talk {
  readonly interactionId: string;
  /** Absent: the visitor was handed on to somebody outside, and talks with whom the desk does not know. */
  readonly contact?: Contact;
}

export interface Talks {
  /** The call by browser that a visitor speaks of; `visitor` as `visitorHash` gives it. */
  find(interactionId: string, from: { site: string; visitor: string }): Talk | undefined;
  /** Makes the line, and keys for it. */
  open(talk: Talk): Promise<Outcome<TalkKeys>>;
  /** Why the visitor's browser cannot be called now. */
  hindrance(interaction: Interaction): Refusal | undefined;
  /** The visitor does not want to talk any more. */
  hangUp(talk: Talk): void;
  /** The visitor would rather be called: a new contact, for the same agent first; of a chat the same contact. */
  byTelephone(contact: Contact, typed: string): Promise<Outcome<{ readonly contact: Contact }>>;
  /** News of a line. */
  lineChanged(line: string, state: "ready" | "away" | "gone"): void;
  /** The call on a line has ended. */
  callEnded(line: string): void;
}

/** So often a browser may ask for keys: a window that is loaded again, a microphone at the second try. */
const KEYS = { most: 20, windowMs: 10 * 60_000 };

/** The line of a contact. The id itself would let whoever reads the exchange's log take part in the contact. */
export function lineOf(interactionId: string): string {
  return `v${createHash("sha256").update(interactionId).digest("hex").slice(0, 24)}`;
}

export function createTalks(ports: {
  /** Whether pictures may be sent. */
  readonly video: boolean;
  readonly browserPhones: BrowserPhones;
  readonly calls: Pick<Calls, "release">;
  readonly clock: Clock;
  readonly contacts: Contacts;
  readonly events: DeskEvents;
  readonly guards: CallGuards;
  readonly journal: Journal;
  readonly offers: Pick<CallOffers, "byTelephone" | "ready" | "left">;
  readonly telephony: Pick<Telephony, "calls" | "release">;
  randomId(): string;
}): Talks {
  const { browserPhones, clock, contacts, events, guards, journal } = ports;
  const flood = createFlood(KEYS, clock);

  const talksOrWill = ({ interaction, offer }: Contact) =>
    isTalk(interaction.kind) || offer?.accepted !== undefined;
  const isOver = ({ state }: Interaction) => state === "wrapping" || state === "closed";
  const close = (contact: Contact, outcome: "abandoned" | "failed") => {
    journal.note("contact", contacts.move(contact, "closed", { outcome, endedMs: clock.nowMs() }));
    events.closed(contact.interaction, 0, contacts.waiting());
  };
  const liveOn = (line: string): Contact | undefined => {
    for (const contact of contacts.all()) {
      const { id } = contact.interaction;
      if (talksOrWill(contact) && lineOf(id) === line && !isOver(contact.interaction))
        return contact;
    }
    return undefined;
  };
  const callOn = (line: string) => ports.telephony.calls().find((call) => call.line === line);
  /** The call of a visitor who was handed on. It outlives its contact. */
  const handedOn = (interactionId: string) => {
    const call = callOn(lineOf(interactionId));
    return call?.state === "transferred" ? call : undefined;
  };
  /** Removes a line whose browser is away, when nobody needs it any more. */
  const tidy = (line: string) => {
    if (!browserPhones.ready(line) && !liveOn(line) && !callOn(line)) browserPhones.close(line);
  };
  /** Ends the contact, as far as the visitor goes. */
  const leave = (contact: Contact, outcome: "abandoned" | "failed") => {
    const { state } = contact.interaction;
    if (contact.offer?.accepted) {
      ports.offers.left(contact);
      tidy(lineOf(contact.interaction.id));
    } else if (state === "queued") {
      close(contact, outcome);
      tidy(lineOf(contact.interaction.id));
    } else if (!isOver(contact.interaction)) ports.calls.release(contact);
  };

  return {
    find(interactionId, from) {
      const contact = contacts.recent(interactionId);
      const call = handedOn(interactionId);
      // Closed, and the engine was started anew since: that he knows the id is all there is to know him by.
      if (!contact) return call?.site === from.site ? { interactionId } : undefined;
      const { site, visitor } = contact.interaction;
      if (site !== from.site || visitor !== from.visitor) return undefined;
      if (talksOrWill(contact) && !isOver(contact.interaction)) return { interactionId, contact };
      return call && { interactionId };
    },
    async open({ interactionId: id }) {
      if (!flood.admit([id])) {
        return refuse("too_many", "Please wait a few minutes, then try again.");
      }
      const keys = await browserPhones.open(lineOf(id));
      if (!keys) return refuse("switch_down", "Calls by browser are not possible at the moment.");
      return { ...keys, iceServers: browserPhones.iceServers(), video: ports.video };
    },
    hindrance({ id }) {
      if (browserPhones.ready(lineOf(id))) return undefined;
      const message = "The visitor\u2019s browser is not connected yet. Try again in a moment.";
      return refuse("not_called", message);
    },
    hangUp({ interactionId, contact }) {
      if (contact) return leave(contact, "abandoned");
      const call = handedOn(interactionId);
      if (call) ports.telephony.release(call.id);
    },
    async byTelephone(contact, typed) {
      const { interaction } = contact;
      if (isChat(interaction)) {
        const done = ports.offers.byTelephone(contact, typed);
        return isRefusal(done) ? done : { contact };
      }
      const { site, firm } = interaction;
      const wanted = guards.parseNow(typed, { site, firm });
      if (isRefusal(wanted)) return wanted;
      const { state: _, agent, activeMs: __, endedMs: ___, outcome: ____, ...rest } = interaction;
      const called = await contacts.add({
        ...rest,
        id: ports.randomId(),
        kind: "phone",
        state: "queued",
        ...(agent !== undefined && { preferredAgent: agent }),
        number: wanted.number,
        queuedMs: clock.nowMs(),
      });
      events.queued(called.interaction, contacts.waiting());
      leave(contact, "failed");
      return { contact: called };
    },
    lineChanged(line, state) {
      const contact = liveOn(line);
      if (state === "ready" && contact) ports.offers.ready(contact);
      if (state === "gone") {
        if (contact) leave(contact, "abandoned");
        const call = callOn(line);
        if (call) ports.telephony.release(call.id);
      }
      if (state === "away") tidy(line);
    },
    callEnded: tidy,
  };
}
