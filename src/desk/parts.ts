/** The parts of a desk, each with those of the others that it needs. */
import { type Agent, BROWSER_TELEPHONE, deskLine } from "../model/agent.ts";
import { createAlerts } from "./alerts.ts";
import { createAnswers } from "./answers.ts";
import { createCallGuards } from "./call-guards.ts";
import { type CallOffers, createCallOffers } from "./call-offers.ts";
import { createCallOrders } from "./call-orders.ts";
import { createCalls } from "./calls.ts";
import { createChats } from "./chats.ts";
import { type Contacts, createContacts } from "./contacts.ts";
import { createDirectory } from "./directory.ts";
import { createDoNotCall } from "./do-not-call.ts";
import { createEvents } from "./events.ts";
import { createFeed } from "./feed.ts";
import { createInvitations, type Invitations } from "./invitations.ts";
import { createJobFile } from "./job-file.ts";
import { createJournal } from "./journal.ts";
import { createLiveVisitors } from "./live-visitors.ts";
import { createOrders } from "./orders.ts";
import type { DeskOptions, DeskPorts, FoundOpen } from "./options.ts";
import { createPresence, type Presence } from "./presence.ts";
import type { DeskState } from "./protocol.ts";
import { heldCallbacks } from "./restart.ts";
import { isRefusal } from "./refusal.ts";
import { createTalks, type Talks } from "./talks.ts";
import { createVisitorStreams, type VisitorStreams } from "./visitor-streams.ts";
import { createWarmLine, type WarmLine } from "./warm-line.ts";

/** How many messages the feed keeps for each agent, at least. */
const FEED_KEPT = 1_000;

export type DeskParts = ReturnType<typeof createParts>;

/** @param told what the parts tell and ask the whole */
export function createParts(
  options: DeskOptions,
  ports: DeskPorts,
  found: FoundOpen,
  told: {
    /** An agent does something else now. */
    changed(agent: Agent): void;
    /** Somebody of the firm may be free now, or somebody is to be called. */
    look(firm: string): void;
    /** All that an agent's desk shows. */
    snapshot(agent: string): DeskState;
    switchUp(): boolean;
  },
) {
  const { clock, visits, nextPages, telephony, records } = ports;
  const randomId = () => ports.randomId();
  const directory = createDirectory(options);
  const events = createEvents(ports.metrics, ports.log);
  const journal = createJournal(ports.log);
  const telephoneReady = ({ name, telephone }: Agent) =>
    telephone !== BROWSER_TELEPHONE || ports.browserPhones.ready(deskLine(name));

  const feed = createFeed({
    epoch: randomId(),
    most: FEED_KEPT,
    snapshot: (name) => told.snapshot(name),
  });
  const jobFile = createJobFile(
    found.callbacks,
    heldCallbacks(found.interactions, directory, found.calls),
    {
      clock,
      directory,
      events,
      feed,
      journal,
      records,
      fellDue: (firm) => told.look(firm),
    },
  );
  // The streams show contacts and invitations, which are told through the streams: hence the functions.
  const streams: VisitorStreams = createVisitorStreams(visits, ({ sessionId, visitor }) => {
    const invitation = sessionId === undefined ? undefined : invitations.cardFor(sessionId);
    return {
      type: "state",
      ...(invitation && { invitation }),
      contacts: contacts.ofVisitor({ sessionId, visitor }).map((contact) => contacts.card(contact)),
    };
  });
  const contacts: Contacts = createContacts({
    clock,
    directory,
    feed,
    journal,
    records,
    streams: () => streams,
    visits,
    loadChanged: (name) => {
      const agent = directory.agent(name);
      if (agent) told.changed(agent);
    },
    waits: (firm) => told.look(firm),
  });
  const presence: Presence = createPresence(
    { directory, absenceMs: options.absenceMs },
    {
      clock,
      load: (agent) => contacts.load(agent),
      telephoneReady,
      changed(agent, cameOnDuty) {
        told.changed(agent);
        if (cameOnDuty) alerts.cameOnDuty(agent);
      },
      gone(agent) {
        alerts.gone(agent);
        for (const contact of contacts.of(agent.name)) {
          if (contact.interaction.kind === "chat") chats.abandon(contact);
          else calls.abandon(contact);
        }
        const { lineId } = warmLine.handset(agent.name);
        if (lineId !== undefined) warmLine.release(lineId);
        if (agent.telephone === BROWSER_TELEPHONE) ports.browserPhones.close(deskLine(agent.name));
        feed.rest(agent.name);
      },
    },
  );
  /** Pictures are offered while somebody is there who can be seen. */
  const browserChoices = (firm: string, agent: Agent | undefined) => {
    if (options.browserCalls === "off") return [];
    const agents = agent ? [agent] : presence.onDuty(firm);
    const canBeSeen = agents.some(({ telephone }) => telephone === BROWSER_TELEPHONE);
    const video = options.browserCalls === "video" && canBeSeen;
    return video ? (["voip", "video"] as const) : (["voip"] as const);
  };
  const invitations: Invitations = createInvitations({
    clock,
    events,
    feed,
    nextPages,
    streams: () => streams,
    visits,
    lifetimeMs: options.invitationLifetimeMs,
    browserChoices,
    switchUp: () => told.switchUp(),
    randomId,
  });
  const alerts = createAlerts({
    clock,
    events,
    feed,
    visits,
    onDuty: (firm) => presence.onDuty(firm),
    randomId,
  });
  const doNotCall = createDoNotCall(found.doNotCall, { clock, journal, records });
  const guards = createCallGuards(options.callbacksPerDay, {
    clock,
    contacts,
    doNotCall,
    metrics: ports.metrics,
    rules: ports.callRules,
    telephony,
  });
  const calls = createCalls({
    clock,
    contacts,
    events,
    guards,
    jobFile,
    journal,
    offers: () => callOffers,
    talks: () => talks,
    telephony,
    takeLine(agent) {
      const line = warmLine.line(agent);
      return isRefusal(line) ? undefined : line.lineId;
    },
    randomId,
    switchUp: () => told.switchUp(),
    telephoneReady,
  });
  const chats = createChats({ clock, contacts, events, journal });
  const callOffers: CallOffers = createCallOffers({
    calls,
    chats,
    clock,
    contacts,
    directory,
    guards,
    journal,
    presence,
    visits,
    browserChoices: (agent) => browserChoices(agent.firm, agent),
  });
  const talks: Talks = createTalks({
    video: options.browserCalls === "video",
    browserPhones: ports.browserPhones,
    calls,
    clock,
    contacts,
    events,
    guards,
    journal,
    offers: callOffers,
    telephony,
    randomId,
  });
  const lifted = (agent: string) => warmLine.handset(agent).lineId !== undefined;
  const callOrders = createCallOrders({
    contacts,
    directory,
    guards,
    presence,
    telephony,
    lifted,
  });
  const warmLine: WarmLine = createWarmLine({
    calls,
    clock,
    contacts,
    directory,
    feed,
    guards,
    jobFile,
    presence,
    telephony,
    visits,
    changed: (firm) => told.look(firm),
    randomId,
  });
  const answers = createAnswers({
    clock,
    contacts,
    events,
    guards,
    invitations,
    jobFile,
    visits,
    randomId,
  });
  const liveVisitors = createLiveVisitors({
    clock,
    directory,
    feed,
    visits,
    told(sessionIds) {
      for (const contact of contacts.all()) {
        if (sessionIds.has(contact.interaction.sessionId ?? "")) contacts.show(contact);
      }
    },
  });
  const orders = createOrders({
    alerts,
    browserPhones: ports.browserPhones,
    callOffers,
    callOrders,
    calls,
    chats,
    clock,
    contacts,
    directory,
    doNotCall,
    events,
    invitations,
    jobFile,
    journal,
    nextPages,
    presence,
    streams,
    visits,
    warmLine,
  });
  return {
    alerts,
    answers,
    browserChoices,
    callOffers,
    calls,
    chats,
    contacts,
    directory,
    doNotCall,
    events,
    feed,
    guards,
    invitations,
    jobFile,
    journal,
    lifted,
    liveVisitors,
    orders,
    presence,
    streams,
    talks,
    warmLine,
  };
}
