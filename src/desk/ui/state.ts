/** What the desk knows, and how one message of the feed changes it. Pure. */
import type { Callback } from "../../model/callback.ts";
import type { Invitation } from "../../model/invitation.ts";
import type { Session } from "../../model/session.ts";
import type { AlertView, ContactView, DeskState, FeedMessage } from "../protocol.ts";

type Table<T> = Readonly<Record<string, T>>;

/** All of {@link DeskState}, by id, and the place in the feed it is of. */
export interface Known extends Pick<
  DeskState,
  | "agent"
  | "templates"
  | "dispositions"
  | "switchUp"
  | "conferences"
  | "browserChoices"
  | "colleagues"
  | "handset"
> {
  readonly epoch: string;
  readonly seq: number;
  readonly alerts: Table<AlertView>;
  readonly invitations: Table<Invitation>;
  readonly contacts: Table<ContactView>;
  readonly callbacks: Table<Callback>;
  readonly visitors: Table<Session>;
}

/**
 * The state after a message. A message that was applied already, or that is of another epoch, changes nothing; before the
 * first snapshot there is nothing to change.
 */
export function apply(known: Known | undefined, message: FeedMessage): Known | undefined {
  if (message.type === "snapshot") return fromSnapshot(message);
  if (!known || message.epoch !== known.epoch || message.seq <= known.seq) return known;
  return { ...changed(known, message), seq: message.seq };
}

function changed(known: Known, message: Exclude<FeedMessage, { type: "snapshot" }>): Known {
  switch (message.type) {
    case "agent":
      return { ...known, agent: message.agent };
    case "alert":
      return { ...known, alerts: { ...known.alerts, [message.alert.id]: message.alert } };
    case "alert_gone":
      return { ...known, alerts: without(known.alerts, message.alertId) };
    case "invitation": {
      const { invitation } = message;
      return { ...known, invitations: { ...known.invitations, [invitation.id]: invitation } };
    }
    case "contact": {
      const { contact } = message;
      const { id, state } = contact.interaction;
      const contacts =
        state === "closed" ? without(known.contacts, id) : { ...known.contacts, [id]: contact };
      return { ...known, contacts };
    }
    case "contact_gone":
      return { ...known, contacts: without(known.contacts, message.interactionId) };
    case "chat": {
      const contact = known.contacts[message.message.interactionId];
      if (!contact) return known;
      // A contact is sent whole, with its messages, so one of them may be here already.
      if (contact.messages.some((m) => m.number === message.message.number)) return known;
      const messages = [...contact.messages, message.message].sort((a, b) => a.number - b.number);
      const { id } = contact.interaction;
      return { ...known, contacts: { ...known.contacts, [id]: { ...contact, messages } } };
    }
    case "callback":
      return {
        ...known,
        callbacks: { ...known.callbacks, [message.callback.id]: message.callback },
      };
    case "callback_gone":
      return { ...known, callbacks: without(known.callbacks, message.callbackId) };
    case "visitor":
      return withSession(known, message.session);
    case "visitor_gone":
      return withoutSession(known, message.sessionId);
    case "colleague": {
      const { colleague } = message;
      const colleagues = known.colleagues.map((c) => (c.name === colleague.name ? colleague : c));
      return { ...known, colleagues };
    }
    case "handset":
      return { ...known, handset: message.handset };
    case "switch":
      return { ...known, switchUp: message.up };
  }
}

/** The visit is over; what was seen of it stays beside a contact that goes on. */
function withoutSession(known: Known, sessionId: string): Known {
  const last = known.visitors[sessionId];
  const rest = last ? withSession(known, { ...last, state: "ended" }) : known;
  return { ...rest, visitors: without(rest.visitors, sessionId) };
}

/** A visit is shown in several places; all of them follow it. */
function withSession(known: Known, session: Session): Known {
  const contacts = Object.entries(known.contacts).map(
    ([id, contact]) =>
      [
        id,
        contact.interaction.sessionId === session.id ? { ...contact, session } : contact,
      ] as const,
  );
  const alerts = Object.entries(known.alerts).map(
    ([id, alert]) => [id, alert.session.id === session.id ? { ...alert, session } : alert] as const,
  );
  return {
    ...known,
    visitors: { ...known.visitors, [session.id]: session },
    contacts: Object.fromEntries(contacts),
    alerts: Object.fromEntries(alerts),
  };
}

function fromSnapshot(message: FeedMessage & { type: "snapshot" }): Known {
  const { desk, epoch, seq } = message;
  const table = <T>(rows: readonly T[], id: (row: T) => string): Table<T> =>
    Object.fromEntries(rows.map((row) => [id(row), row]));
  return {
    epoch,
    seq,
    agent: desk.agent,
    templates: desk.templates,
    dispositions: desk.dispositions,
    switchUp: desk.switchUp,
    conferences: desk.conferences,
    browserChoices: desk.browserChoices,
    colleagues: desk.colleagues,
    handset: desk.handset,
    alerts: table(desk.alerts, (a) => a.id),
    invitations: table(desk.invitations, (i) => i.id),
    contacts: table(desk.contacts, (c) => c.interaction.id),
    callbacks: table(desk.callbacks, (c) => c.id),
    visitors: table(desk.visitors, (s) => s.id),
  };
}

function without<T>(table: Table<T>, id: string): Table<T> {
  const { [id]: _gone, ...rest } = table;
  return rest;
}
