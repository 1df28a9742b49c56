/** The desk: everything between "somebody is worth talking to" and "the contact is closed", put together from its parts. */
import { deskLine, type Staffing } from "../model/agent.ts";
import type { Call } from "../model/call.ts";
import { isCall } from "../model/interaction.ts";
import type { Opportunity } from "../model/opportunity.ts";
import type { Session } from "../model/session.ts";
import { type AutomaticCalls, createAutomaticCalls } from "./automatic-calls.ts";
import type { Answers } from "./answers.ts";
import type { CallOffers } from "./call-offers.ts";
import type { Chats } from "./chats.ts";
import type { Contacts } from "./contacts.ts";
import type { Directory, DirectoryEntries } from "./directory.ts";
import type { DeskEvents } from "./events.ts";
import type { Feed } from "./feed.ts";
import type { Invitations } from "./invitations.ts";
import { type AgentsShown, createAgentsShown } from "./agents-shown.ts";
import { takeOn } from "./opportunities.ts";
import type { DeskOptions, DeskPorts } from "./options.ts";
import { createParts } from "./parts.ts";
import { takeUp } from "./restart.ts";
import { createLogins, type Logins } from "./logins.ts";
import type { DeskOrders } from "./orders.ts";
import type { BrowserPhones } from "./ports.ts";
import type { Presence } from "./presence.ts";
import type { Talks } from "./talks.ts";
import type { VisitorStreams } from "./visitor-streams.ts";
import type { WarmLine } from "./warm-line.ts";

export interface Desk extends AsyncDisposable {
  found(opportunity: Opportunity, session: Session): void;
  changed(session: Session): void;
  ended(sessionId: string, site: string): void;
  callChanged(call: Call): void;
  switchChanged(up: boolean): void;
  /** A browser's line can be called, or not for now, or is gone. */
  lineChanged(line: string, state: "ready" | "away" | "gone"): void;
  /** An edge has put the invitation into a page. */
  shown(invitationId: string): void;
  /** An edge has sent a visitor to the page the agent chose. */
  sentOn(nextPageId: string): void;
  staffing(site: string): Staffing;
  /**
   * From now on there are these sites, agents and texts; open desks are told. An agent who is gone is logged out. Sites with open
   * contacts must stay among them.
   */
  use(entries: DirectoryEntries): void;
  /** For the servers in front of it. */
  readonly browserPhones: BrowserPhones;
  readonly answers: Answers;
  readonly callOffers: CallOffers;
  readonly chats: Chats;
  readonly contacts: Contacts;
  readonly directory: Directory;
  readonly events: DeskEvents;
  readonly feed: Feed;
  readonly invitations: Invitations;
  readonly logins: Logins;
  readonly orders: DeskOrders;
  readonly presence: Presence;
  readonly streams: VisitorStreams;
  readonly talks: Talks;
  readonly warmLine: WarmLine;
}

/**
 * Opens the desk with the callbacks and contacts that were open when the engine stopped.
 *
 * @throws what the store throws
 */
export async function createDesk(options: DeskOptions, ports: DeskPorts): Promise<Desk> {
  const { clock, log, telephony, records } = ports;
  const [callbacks, interactions, doNotCall] = await Promise.all([
    records.openCallbacks(),
    records.openInteractions(),
    records.doNotCall(),
  ]);
  const called = new Map(telephony.calls().map((call) => [call.interactionId, call]));
  let switchIsUp = true;
  const switchUp = () => switchIsUp;
  // The last to be made, since it uses the others.
  let automatic: AutomaticCalls | undefined;
  const look = (firm: string) => automatic?.look(firm);
  const parts = createParts(
    options,
    ports,
    { callbacks, interactions, doNotCall, calls: called },
    {
      look,
      switchUp,
      changed: (agent) => agentsShown.show(agent),
      snapshot: (agent) => agentsShown.snapshot(agent),
    },
  );
  const agentsShown: AgentsShown = createAgentsShown(parts, {
    clock,
    conferences: telephony.conferences,
    look,
    switchUp,
  });
  const { alerts, calls, contacts, directory, events, feed, invitations, jobFile } = parts;
  const { journal, liveVisitors, presence, talks } = parts;

  const left = await takeUp(interactions, called, { ...parts, clock, records, telephony });
  events.agents(directory.agents().map((agent) => presence.view(agent)));
  ports.metrics.queueLength(contacts.waiting());
  automatic = createAutomaticCalls(
    {
      ...parts,
      ...ports,
      rules: ports.callRules,
      randomId: () => ports.randomId(),
    },
    left,
  );

  return {
    found: (opportunity, session) =>
      takeOn(opportunity, session, parts, { ...ports, alertLifetimeMs: options.alertLifetimeMs }),
    changed: (session) => liveVisitors.changed(session),
    ended(sessionId, site) {
      alerts.sessionEnded(sessionId);
      liveVisitors.ended(sessionId, site);
    },
    callChanged(call) {
      calls.changed(call);
      automatic?.changed(call);
      if (call.state === "ended" && call.line !== undefined) talks.callEnded(call.line);
    },
    lineChanged(line, state) {
      const agent = directory.agents().find(({ name }) => deskLine(name) === line);
      if (!agent) return talks.lineChanged(line, state);
      agentsShown.show(agent);
      if (state !== "gone") return;
      // His desk is gone, and with it his telephone.
      for (const contact of contacts.of(agent.name)) {
        if (isCall(contact.interaction.kind)) calls.release(contact);
      }
    },
    switchChanged(up) {
      if (up === switchIsUp) return;
      switchIsUp = up;
      feed.publish(
        directory.agents().map(({ name }) => name),
        { type: "switch", up },
      );
      for (const { firm } of directory.agents()) look(firm);
    },
    shown: (invitationId) => invitations.shown(invitationId),
    sentOn(nextPageId) {
      log.debug({ nextPage: nextPageId }, "A visitor was sent to the page an agent chose");
    },
    staffing(siteName) {
      const firm = directory.site(siteName)?.firm;
      if (firm === undefined) return { onDuty: 0, free: 0 };
      const agents = agentsShown.staffing(firm);
      // Who waits in the queue is first: an agent who is free for him is not free for others.
      const waiting = contacts.waiting(firm) + (automatic?.expected(firm) ?? 0);
      return { ...agents, free: Math.max(0, agents.free - waiting) };
    },
    use(next) {
      for (const agent of directory.agents()) {
        if (!next.agents.some(({ name }) => name === agent.name)) presence.loggedOut(agent);
      }
      directory.use(next);
      agentsShown.reset();
      for (const { firm } of directory.agents()) look(firm);
      for (const { name } of directory.agents()) {
        if (feed.isKept(name))
          feed.publish([name], { type: "snapshot", desk: agentsShown.snapshot(name) });
      }
      events.agents(directory.agents().map((agent) => presence.view(agent)));
    },
    ...parts,
    browserPhones: ports.browserPhones,
    logins: createLogins({ clock, directory, records }),
    async [Symbol.asyncDispose]() {
      automatic?.[Symbol.dispose]();
      presence.dispose();
      for (const part of [alerts, invitations, jobFile, liveVisitors]) part[Symbol.dispose]();
      await journal.flushed();
    },
  };
}
