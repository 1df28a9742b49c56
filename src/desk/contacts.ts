/** The contacts that are not closed yet: one place that moves, saves and shows them. */
import { LRUCache } from "lru-cache";
import { BROWSER_TELEPHONE } from "../model/agent.ts";
import { type Call, type Leg, legOf } from "../model/call.ts";
import type { Clock } from "../model/clock.ts";
import {
  type ChatMessage,
  type Interaction,
  type InteractionState,
  interactionTransitions,
  isChat,
  isTalk,
} from "../model/interaction.ts";
import { move } from "../model/transition.ts";
import type { ContactCard } from "../visitor/protocol.ts";
import type { Directory } from "./directory.ts";
import type { Feed } from "./feed.ts";
import type { Journal } from "./journal.ts";
import type { Records, Visits } from "./ports.ts";
import type { CallOffer, ContactView, ShownPage } from "./protocol.ts";
import { audienceOf, inQueueOrder, loadOf } from "./queue.ts";
import type { Load } from "./presence.ts";
import type { VisitorStreams } from "./visitor-streams.ts";

export interface Contact {
  interaction: Interaction;
  readonly messages: ChatMessage[];
  /** The call it has or had last. News of any other call is old. */
  callId?: string | undefined;
  call?: Call | undefined;
  /** The page that the visitor has shown last. */
  shown?: ShownPage;
  /** The agent gave the call up himself. */
  givenUp?: boolean;
  /** It was given to its agent, who did not ask for it. */
  automatic?: boolean;
  /** Its agent talks on a line on which he has lifted the receiver. */
  onLine?: boolean;
  /** In a chat. */
  offer?: CallOffer | undefined;
  /** Who has been shown it. */
  audience: readonly string[];
}

export interface Contacts {
  get(interactionId: string): Contact | undefined;
  /** Also those that were closed a short while ago, for the visitor's last look. */
  recent(interactionId: string): Contact | undefined;
  all(): Iterable<Contact>;
  of(agent: string): Contact[];
  /** About whom the agent is being consulted by a colleague. */
  consultedBy(agent: string): Contact | undefined;
  load(agent: string): Load;
  /** How many wait; of the firm, if it is named. */
  waiting(firm?: string): number;
  /** Of the visit, or of the same browser. */
  ofVisitor(of: { sessionId?: string | undefined; visitor: string }): Contact[];
  /** Resolves when it is on the disk; only then it is shown. */
  add(interaction: Interaction): Promise<Contact>;
  /** As it was before a restart. */
  restore(interaction: Interaction, messages: readonly ChatMessage[]): Contact;
  /** It came to nothing before it was stored or shown. */
  forget(contact: Contact): void;
  /** Moves it by the table, saves and shows it. The promise is kept when it is on the disk. */
  move(contact: Contact, state: InteractionState, changes?: Partial<Interaction>): Promise<void>;
  /** Notes something about it, saves and shows it. */
  change(contact: Contact, changes: Partial<Interaction>): Promise<void>;
  /** Another agent has it from now on. */
  handOver(contact: Contact, agent: string): Promise<void>;
  /** Back to the queue: nobody has it. It keeps its place, which goes by its age. */
  requeue(contact: Contact): void;
  say(contact: Contact, from: ChatMessage["from"], text: string): Promise<void>;
  /** Shows it again: its visit has changed. */
  show(contact: Contact): void;
  /** Shows it to the agent and to the visitor: it has changed in what is not kept. */
  tell(contact: Contact): void;
  /** Whoever has to do with it may be doing something else now: the call has moved on. */
  refreshLoad(contact: Contact): void;
  view(contact: Contact): ContactView;
  visibleTo(agent: string): ContactView[];
  card(contact: Contact): ContactCard;
}

export function createContacts(ports: {
  readonly clock: Clock;
  readonly directory: Directory;
  readonly feed: Feed;
  readonly journal: Journal;
  readonly records: Records;
  readonly streams: () => VisitorStreams;
  readonly visits: Visits;
  /** An agent may have got another load. */
  loadChanged(agent: string): void;
  /** Somebody of the firm waits. */
  waits(firm: string): void;
}): Contacts {
  const { clock, directory, feed, journal, records } = ports;
  const contacts = new Map<string, Contact>();
  const closed = new LRUCache<string, Contact>({ max: 1_000 });

  const view = (contact: Contact): ContactView => {
    const { sessionId } = contact.interaction;
    const session = sessionId === undefined ? undefined : ports.visits.session(sessionId);
    return {
      interaction: contact.interaction,
      messages: contact.messages,
      ...(contact.call && { call: contact.call }),
      ...(contact.shown && { shown: contact.shown }),
      ...(contact.automatic && { automatic: true }),
      ...(contact.offer && { offer: contact.offer }),
      ...(session && { session }),
    };
  };
  const card = (contact: Contact): ContactCard => {
    const { interaction, offer } = contact;
    const kind = offer?.accepted ?? interaction.kind;
    const agent = interaction.agent && directory.agent(interaction.agent);
    return {
      interactionId: interaction.id,
      kind: kind === "chat" || isTalk(kind) ? kind : "phone",
      state: offer?.accepted ? "waiting" : visitorState(interaction.state),
      ...(isChat(interaction) && { chat: true }),
      ...(contact.call?.state === "transferred" && { handedOn: true }),
      ...(offer && !offer.accepted && { offer: offer.choices }),
      ...(agent && { agent: agent.displayName }),
      ...(agent && isTalk(kind) && agent.telephone !== BROWSER_TELEPHONE && { voiceOnly: true }),
      messages: contact.messages,
    };
  };
  const recipient = ({ interaction: { sessionId, visitor } }: Contact) => ({ sessionId, visitor });
  const show = (contact: Contact) => {
    const { interaction, audience: before } = contact;
    const firmAgents = directory.agentsOf(interaction.firm);
    contact.audience = audienceOf(interaction, firmAgents, thirdOf(contact)?.agent);
    feed.publish(contact.audience, { type: "contact", contact: view(contact) });
    feed.publish(
      before.filter((name) => !contact.audience.includes(name)),
      { type: "contact_gone", interactionId: interaction.id },
    );
  };
  const changed = (contact: Contact, agentBefore: string | undefined) => {
    show(contact);
    const { messages: _, ...shown } = card(contact);
    ports.streams().send(recipient(contact), { type: "contact", contact: shown });
    const concerned = [agentBefore, contact.interaction.agent, thirdOf(contact)?.agent];
    for (const agent of new Set(concerned)) {
      if (agent !== undefined) ports.loadChanged(agent);
    }
    if (contact.interaction.state === "queued") ports.waits(contact.interaction.firm);
  };
  const held = (agent: string) =>
    [...contacts.values()].filter(({ interaction }) => interaction.agent === agent);
  const consultedBy = (agent: string) =>
    [...contacts.values()].find((contact) => thirdOf(contact)?.agent === agent);
  const moveTo = (contact: Contact, next: Interaction) => {
    const before = contact.interaction;
    const state = move("interaction", interactionTransitions, before.state, next.state);
    return keep(contact, { ...next, state });
  };
  const keep = (contact: Contact, saved: Interaction) => {
    const before = contact.interaction;
    contact.interaction = saved;
    if (saved.state === "closed") {
      contacts.delete(saved.id);
      closed.set(saved.id, contact);
    }
    const written = journal.write(() => records.saveInteraction(saved));
    changed(contact, before.agent);
    return written;
  };

  return {
    get: (id) => contacts.get(id),
    recent: (id) => contacts.get(id) ?? closed.get(id),
    all: () => contacts.values(),
    of: held,
    consultedBy,
    load(agent) {
      const consulted = consultedBy(agent);
      if (consulted) {
        const ringing = thirdOf(consulted)?.state !== "joined";
        return { state: ringing ? "ringing" : "talking", free: false };
      }
      return loadOf(
        held(agent).map(({ interaction, call }) => ({
          interaction,
          ringing: call === undefined || call.state === "calling_agent",
        })),
      );
    },
    waiting(firm) {
      let count = 0;
      for (const { interaction } of contacts.values()) {
        if (interaction.state === "queued" && (firm ?? interaction.firm) === interaction.firm) {
          count += 1;
        }
      }
      return count;
    },
    ofVisitor: ({ sessionId, visitor }) =>
      [...contacts.values()].filter(
        ({ interaction }) =>
          (sessionId !== undefined && interaction.sessionId === sessionId) ||
          interaction.visitor === visitor,
      ),
    async add(interaction) {
      const contact: Contact = { interaction, messages: [], audience: [] };
      await journal.write(() => records.saveInteraction(interaction));
      contacts.set(interaction.id, contact);
      changed(contact, undefined);
      return contact;
    },
    restore(interaction, messages) {
      const contact: Contact = { interaction, messages: [...messages], audience: [] };
      contacts.set(interaction.id, contact);
      return contact;
    },
    forget: ({ interaction }) => void contacts.delete(interaction.id),
    move: (contact, state, changes = {}) =>
      moveTo(contact, { ...contact.interaction, ...changes, state }),
    change: (contact, changes) => keep(contact, { ...contact.interaction, ...changes }),
    handOver: (contact, agent) => keep(contact, { ...contact.interaction, agent }),
    requeue(contact) {
      contact.call = undefined;
      contact.callId = undefined;
      contact.automatic = false;
      contact.offer = undefined;
      const { agent: _, activeMs: __, endedMs: ___, outcome: ____, ...rest } = contact.interaction;
      const queued: Interaction = { ...rest, state: "queued" };
      journal.note("contact back to the queue", moveTo(contact, queued));
    },
    async say(contact, from, text) {
      const message: ChatMessage = {
        // Not the count: one that could not be stored is missing after a restart.
        number: (contact.messages.at(-1)?.number ?? 0) + 1,
        interactionId: contact.interaction.id,
        from,
        text,
        atMs: clock.nowMs(),
      };
      contact.messages.push(message);
      const written = journal.write(() => records.addChatMessage(message));
      feed.publish(contact.audience, { type: "chat", message });
      ports.streams().send(recipient(contact), { type: "chat", message });
      await written;
    },
    show,
    tell: (contact) => changed(contact, undefined),
    refreshLoad({ interaction, call }) {
      const thirds = call?.legs.filter((leg) => leg.party === "third").map((leg) => leg.agent);
      for (const agent of new Set([interaction.agent, ...(thirds ?? [])])) {
        if (agent !== undefined) ports.loadChanged(agent);
      }
    },
    view,
    visibleTo(agent) {
      const firm = directory.agent(agent)?.firm;
      return [...contacts.values()]
        .filter((contact) => {
          const { interaction } = contact;
          if (interaction.state === "queued") return interaction.firm === firm;
          return interaction.agent === agent || thirdOf(contact)?.agent === agent;
        })
        .toSorted((a, b) => inQueueOrder(a.interaction, b.interaction))
        .map(view);
    },
    card,
  };
}

/** Who is being consulted, or called in place of the agent. */
function thirdOf({ call }: Contact): Leg | undefined {
  const third = call && legOf(call, "third");
  return third?.state === "ended" ? undefined : third;
}

function visitorState(state: InteractionState): ContactCard["state"] {
  if (state === "queued" || state === "reserved") return "waiting";
  if (state === "connecting") return "calling";
  return state === "wrapping" || state === "closed" ? "over" : "active";
}
