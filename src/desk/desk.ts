/** The desk: everything between "somebody is worth talking to" and "the contact is closed", put together from its parts. */
import { type Agent, BROWSER_TELEPHONE, deskLine, type Staffing } from "../model/agent.ts";
import type { Call } from "../model/call.ts";
import type { Clock } from "../model/clock.ts";
import { dispositions } from "../model/disposition.ts";
import { type Interaction, isCall } from "../model/interaction.ts";
import type { Log } from "../model/log.ts";
import type { Opportunity } from "../model/opportunity.ts";
import type { Session } from "../model/session.ts";
import { createAlerts } from "./alerts.ts";
import { callAtOnce } from "./at-once.ts";
import { type AutomaticCalls, createAutomaticCalls } from "./automatic-calls.ts";
import { type Answers, createAnswers } from "./answers.ts";
import { createCallGuards } from "./call-guards.ts";
import { createCallOrders } from "./call-orders.ts";
import { createCalls } from "./calls.ts";
import { type Chats, createChats } from "./chats.ts";
import { type Contacts, createContacts } from "./contacts.ts";
import { createDirectory, type Directory, type DirectoryEntries } from "./directory.ts";
import { createDoNotCall } from "./do-not-call.ts";
import { createEvents, type DeskEvents } from "./events.ts";
import { createFeed, type Feed } from "./feed.ts";
import { createInvitations, type Invitations } from "./invitations.ts";
import { createJobFile } from "./job-file.ts";
import { createJournal } from "./journal.ts";
import { createLiveVisitors } from "./live-visitors.ts";
import { createLogins, type Logins } from "./logins.ts";
import { createOrders, type DeskOrders } from "./orders.ts";
import type {
  BrowserPhones,
  CallRules,
  DeskMetrics,
  NextPages,
  Pacings,
  Records,
  Telephony,
  Visits,
} from "./ports.ts";
import { createPresence, type Presence } from "./presence.ts";
import type { AgentView, Colleague, DeskState } from "./protocol.ts";
import { isRefusal } from "./refusal.ts";
import { standingWords } from "./standing-words.ts";
import { createTalks, type Talks } from "./talks.ts";
import { createVisitorStreams, type VisitorStreams } from "./visitor-streams.ts";
import { createWarmLine, type WarmLine } from "./warm-line.ts";

export interface DeskOptions extends DirectoryEntries {
  readonly alertLifetimeMs: number;
  readonly invitationLifetimeMs: number;
  readonly absenceMs: number;
  /** Whether visitors may talk by their browsers, and with pictures. */
  readonly browserCalls: "off" | "voice" | "video";
  /** Callbacks that may be asked for within a day. */
  readonly callbacksPerDay: { readonly perVisitor: number; readonly perAddress: number };
}

export interface DeskPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: DeskMetrics;
  readonly visits: Visits;
  readonly nextPages: NextPages;
  readonly telephony: Telephony;
  readonly browserPhones: BrowserPhones;
  readonly callRules: CallRules;
  readonly pacings: Pacings;
  readonly records: Records;
  /** Unguessable: whoever knows the id of an invitation or a chat may answer it. */
  randomId(): string;
}

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

/** How many messages the feed keeps for each agent, at least. */
const FEED_KEPT = 1_000;

/**
 * Opens the desk with the callbacks and contacts that were open when the engine stopped.
 *
 * @throws what the store throws
 */
export async function createDesk(options: DeskOptions, ports: DeskPorts): Promise<Desk> {
  const { clock, log, visits, nextPages, telephony, records } = ports;
  const randomId = () => ports.randomId();
  const directory = createDirectory(options);
  const events = createEvents(ports.metrics, log);
  const journal = createJournal(log);
  const [openCallbacks, openInteractions, listed] = await Promise.all([
    records.openCallbacks(),
    records.openInteractions(),
    records.doNotCall(),
  ]);
  const calledNow = new Map(telephony.calls().map((call) => [call.interactionId, call]));
  let switchIsUp = true;
  const switchUp = () => switchIsUp;
  const telephoneReady = ({ name, telephone }: Agent) =>
    telephone !== BROWSER_TELEPHONE || ports.browserPhones.ready(deskLine(name));

  // The last to be made, since it uses the others.
  let automatic: AutomaticCalls | undefined;
  const look = (firm: string) => automatic?.look(firm);

  const feed = createFeed({ epoch: randomId(), most: FEED_KEPT, snapshot });
  const jobFile = createJobFile(
    openCallbacks,
    heldCallbacks(openInteractions, directory, calledNow),
    {
      clock,
      directory,
      events,
      feed,
      journal,
      records,
      fellDue: look,
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
      if (agent) showAgent(agent);
    },
    waits: look,
  });
  const presence: Presence = createPresence(
    { directory, absenceMs: options.absenceMs },
    {
      clock,
      load: (agent) => contacts.load(agent),
      telephoneReady,
      changed(agent, cameOnDuty) {
        showAgent(agent);
        if (cameOnDuty) alerts.cameOnDuty(agent);
      },
      gone(agent) {
        alerts.gone(agent);
        for (const contact of contacts.of(agent.name)) {
          if (contact.interaction.kind === "chat") chats.abandon(contact);
          else calls.abandon(contact);
        }
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
    switchUp,
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
  const doNotCall = createDoNotCall(listed, { clock, journal, records });
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
    talks: () => talks,
    telephony,
    takeLine(agent) {
      const line = warmLine.line(agent);
      return isRefusal(line) ? undefined : line.lineId;
    },
    randomId,
    switchUp,
    telephoneReady,
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
    changed: look,
    randomId,
  });
  const chats = createChats({ clock, contacts, events, journal });
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
  const shownViews = new Map<string, string>();
  /** Asked for with every hit, so counted only when an agent's state has changed. */
  const staffings = new Map<string, Staffing>();
  const shownFree = new Map<string, boolean>();

  function showAgent(agent: Agent): void {
    staffings.delete(agent.firm);
    showColleague(agent);
    look(agent.firm);
    const view: AgentView = presence.view(agent);
    const json = JSON.stringify(view);
    if (shownViews.get(agent.name) === json) return;
    shownViews.set(agent.name, json);
    feed.publish([agent.name], { type: "agent", agent: view });
    events.agents(directory.agents().map((a) => presence.view(a)));
  }

  function showColleague(agent: Agent): void {
    const colleague = asColleague(agent);
    if (shownFree.get(agent.name) === colleague.free) return;
    shownFree.set(agent.name, colleague.free);
    const others = directory.agentsOf(agent.firm).filter(({ name }) => name !== agent.name);
    feed.publish(
      others.map(({ name }) => name),
      { type: "colleague", colleague },
    );
  }

  function asColleague(agent: Agent): Colleague {
    const { name, displayName } = agent;
    const available = presence.view(agent).status === "available";
    return { name, displayName, free: available && contacts.load(name).free };
  }

  function snapshot(name: string): DeskState {
    const agent = directory.agent(name);
    if (!agent) throw new Error("A desk was opened for an agent who is not configured");
    return {
      agent: presence.view(agent),
      alerts: alerts.visibleTo(agent),
      invitations: invitations.visibleTo(name),
      contacts: contacts.visibleTo(name),
      callbacks: jobFile.list(agent.firm),
      visitors: liveVisitors.list(agent.firm),
      templates: directory.templatesOf(agent.firm),
      dispositions,
      switchUp: switchIsUp,
      conferences: ports.telephony.conferences,
      browserChoices: browserChoices(agent.firm, agent),
      colleagues: directory
        .agentsOf(agent.firm)
        .filter((other) => other.name !== name)
        .map(asColleague),
      handset: warmLine.handset(name),
      nowMs: clock.nowMs(),
    };
  }

  for (const interaction of openInteractions) {
    const call = calledNow.get(interaction.id);
    const restored = afterRestart(interaction, call, directory, clock.nowMs());
    if (restored.state !== interaction.state) {
      await journal.write(() => records.saveInteraction(restored));
    }
    if (restored.state === "closed") continue;
    const contact = contacts.restore(restored, await records.chatMessages(restored.id));
    if (call && goesOn(interaction, call, directory)) {
      Object.assign(contact, { callId: call.id, call });
      calledNow.delete(interaction.id);
      calls.changed(call);
    } else contacts.show(contact);
    const agent = directory.agent(contact.interaction.agent ?? "");
    if (agent) presence.expected(agent);
  }
  // Nobody has them any more: of a visitor who was handed on to somebody outside nobody needs to.
  for (const call of calledNow.values()) {
    if (call.state !== "transferred") telephony.release(call.id);
  }
  events.agents(directory.agents().map((agent) => presence.view(agent)));
  ports.metrics.queueLength(contacts.waiting());
  automatic = createAutomaticCalls(
    {
      calls,
      clock,
      contacts,
      directory,
      jobFile,
      journal,
      log,
      metrics: ports.metrics,
      pacings: ports.pacings,
      presence,
      rules: ports.callRules,
      telephony,
      visits,
      warmLine,
      randomId,
    },
    calledNow.values(),
  );

  return {
    found(opportunity, session) {
      const site = directory.site(session.site);
      if (!site) return visits.advance(opportunity.id, "expired");
      if (opportunity.mode === "call_at_once") {
        const called = callAtOnce(opportunity, session, site, {
          calls,
          clock,
          contacts,
          events,
          guards,
          presence,
          visits,
          lifted,
          alone: (firm) => directory.automatic(firm).mode === "off",
          randomId,
        });
        return journal.note("contact", called);
      }
      const template =
        (opportunity.message !== undefined && directory.template(opportunity.message, site)) ||
        standingWords(opportunity.offer);
      if (opportunity.mode === "alert_first" && opportunity.offer === "contact") {
        const expiresMs = clock.nowMs() + options.alertLifetimeMs;
        alerts.raise(opportunity, session, site.firm, template, expiresMs);
        return;
      }
      const invitation = invitations.send({
        session,
        site,
        offer: opportunity.offer,
        heading: template.heading,
        text: template.text,
        campaign: opportunity.campaign,
        opportunityId: opportunity.id,
      });
      if (!invitation) visits.advance(opportunity.id, "expired");
    },
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
      showAgent(agent);
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
      const agents = staffings.get(firm) ?? presence.staffing(firm);
      staffings.set(firm, agents);
      // Who waits in the queue is first: an agent who is free for him is not free for others.
      const waiting = contacts.waiting(firm) + (automatic?.expected(firm) ?? 0);
      return { ...agents, free: Math.max(0, agents.free - waiting) };
    },
    use(next) {
      for (const agent of directory.agents()) {
        if (!next.agents.some(({ name }) => name === agent.name)) presence.loggedOut(agent);
      }
      directory.use(next);
      staffings.clear();
      shownViews.clear();
      for (const { firm } of directory.agents()) look(firm);
      for (const { name } of directory.agents()) {
        if (feed.isKept(name)) feed.publish([name], { type: "snapshot", desk: snapshot(name) });
      }
      events.agents(directory.agents().map((agent) => presence.view(agent)));
    },
    answers,
    browserPhones: ports.browserPhones,
    chats,
    contacts,
    directory,
    events,
    feed,
    invitations,
    logins: createLogins({ clock, directory, records }),
    orders,
    presence,
    streams,
    talks,
    warmLine,
    async [Symbol.asyncDispose]() {
      automatic?.[Symbol.dispose]();
      presence.dispose();
      for (const part of [alerts, invitations, jobFile, liveVisitors]) part[Symbol.dispose]();
      await journal.flushed();
    },
  };
}

/**
 * A contact as it stands after the engine stopped in the middle of it. With a call that is still there it goes on. Else
 * nobody has it any more, so it waits again; only who has talked with the visitor, and is about to close it, may still do so. A call on a callback goes back to the job
 * file, which keeps it.
 */
function afterRestart(
  interaction: Interaction,
  call: Call | undefined,
  directory: Directory,
  nowMs: number,
): Interaction {
  const { agent: _, activeMs: __, endedMs: ___, outcome: ____, ...rest } = interaction;
  if (interaction.state === "queued") return interaction;
  if (goesOn(interaction, call, directory)) {
    return interaction.state === "reserved" ? { ...interaction, state: "connecting" } : interaction;
  }
  if (isAboutToClose(interaction, directory)) {
    // The two may be talking still, past the engine: nobody else may call the visitor meanwhile.
    const { endedMs = nowMs } = interaction;
    return { ...interaction, state: "wrapping", outcome: "answered", endedMs };
  }
  if (interaction.callbackId !== undefined)
    return { ...interaction, state: "closed", outcome: "failed" };
  return { ...rest, state: "queued" };
}

/** Whether its call is still there, with its agent in it. */
function goesOn({ agent, state }: Interaction, call: Call | undefined, directory: Directory) {
  const running = ["reserved", "connecting", "active", "held"].includes(state);
  const alone = ["dialling", "waiting", "announcing"].includes(call?.state ?? "waiting");
  return !alone && running && agent !== undefined && directory.agent(agent) !== undefined;
}

function isAboutToClose(interaction: Interaction, directory: Directory): boolean {
  const { kind, state, agent, outcome } = interaction;
  if (agent === undefined || !directory.agent(agent)) return false;
  if (state === "wrapping") return outcome === "answered";
  return isCall(kind) && (state === "active" || state === "held");
}

function heldCallbacks(
  interactions: readonly Interaction[],
  directory: Directory,
  calledNow: ReadonlyMap<string, Call>,
): Set<string> {
  const held = new Set<string>();
  for (const interaction of interactions) {
    const { callbackId } = interaction;
    const call = calledNow.get(interaction.id);
    const kept = goesOn(interaction, call, directory) || isAboutToClose(interaction, directory);
    if (callbackId !== undefined && kept) held.add(callbackId);
  }
  return held;
}
