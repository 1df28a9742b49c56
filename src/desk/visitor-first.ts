/**
 * Predictive calls [0040, 0052]: visitors are called before there are agents for them, as many as can be expected to find one when
 * they answer, and never so many that the law's limit might not hold. Only agents who have the receiver in their hands count: a
 * telephone that must first ring is joined too late.
 */
import type { Agent } from "../model/agent.ts";
import { type Call, isCutOff } from "../model/call.ts";
import type { Clock } from "../model/clock.ts";
import { createAgentTimes } from "./agent-times.ts";
import type { Calls } from "./calls.ts";
import type { Contact, Contacts } from "./contacts.ts";
import type { Listed } from "./dial-list.ts";
import type { Directory } from "./directory.ts";
import { createFlights, type Flight } from "./flights.ts";
import { type JobFile, RETRY_MS } from "./job-file.ts";
import type { Journal } from "./journal.ts";
import type { CallRules, DialMetrics, Pacing, Pacings, Team, Telephony, Visits } from "./ports.ts";
import type { Presence } from "./presence.ts";
import { isRefusal } from "./refusal.ts";
import type { WarmLine } from "./warm-line.ts";

export interface VisitorFirst extends Disposable {
  /** Dials as many of the list as may be dialled now. Whether there is anything to be looked at again soon. */
  run(firm: string, list: readonly Listed[]): boolean;
  /** Whether a contact or callback, by its id, is being called. */
  calls(id: string): boolean;
  /** Callbacks that may become contacts any moment. */
  callbacks(firm: string): number;
  /** News of a call, after the contact has followed it. */
  changed(call: Call): void;
  /** What the last process has left: nobody is there for those who wait. */
  found(call: Call, firm: string): void;
}

export function createVisitorFirst(ports: {
  readonly calls: Calls;
  readonly clock: Clock;
  readonly contacts: Contacts;
  readonly directory: Directory;
  readonly jobFile: JobFile;
  readonly journal: Journal;
  readonly metrics: DialMetrics;
  readonly pacings: Pacings;
  readonly presence: Presence;
  readonly rules: CallRules;
  readonly telephony: Telephony;
  readonly visits: Visits;
  readonly warmLine: WarmLine;
  /** Of several agents who are free the first is given the call. */
  inTurn(agents: readonly Agent[]): Agent[];
  /** The agent was given a call. */
  given(agent: Agent): void;
  /** Gives an agent somebody of the list, who is dialled then; whether he may be. */
  give(agent: Agent, one: Listed): boolean;
  /** It cannot be called now, by the id of contact or callback. */
  rest(id: string): void;
  look(firm: string): void;
  randomId(): string;
}): VisitorFirst {
  const { calls, clock, contacts, directory, jobFile, presence, telephony, warmLine } = ports;
  const flights = createFlights(clock);
  const times = createAgentTimes(clock);

  const pacingOf = (firm: string): Pacing | undefined => {
    const { mode, jurisdiction } = directory.automatic(firm);
    if (mode !== "predictive" || jurisdiction === undefined) return undefined;
    return ports.pacings.of(firm, jurisdiction);
  };
  const isLifted = (agent: Agent) => warmLine.handset(agent.name).lineId !== undefined;
  /** What an agent does who takes such calls; undefined: he does not, for now. */
  const doing = (agent: Agent) => {
    const { state } = contacts.load(agent.name);
    const talks = contacts.of(agent.name).some((contact) => contact.onLine && isRunning(contact));
    if (talks) return "talking";
    if (!isLifted(agent)) return undefined;
    if (state === "wrapping") return "wrapping";
    return state === "idle" && !calls.hindrance(agent) ? "free" : undefined;
  };
  const freeAgents = (firm: string) =>
    ports.inTurn(presence.onDuty(firm).filter((agent) => doing(agent) === "free"));
  const teamOf = (firm: string, pacing: Pacing): Team => {
    const busy: { doing: "talking" | "wrapping"; ageMs: number }[] = [];
    let free = 0;
    const onDuty = new Set(presence.onDuty(firm));
    for (const agent of directory.agentsOf(firm)) {
      const now = onDuty.has(agent) ? doing(agent) : undefined;
      const done = times.now(agent.name, now === "free" ? undefined : now);
      if (done) pacing.done(done.doing, done.tookMs);
      if (now === "free") free += 1;
      else if (now) busy.push({ doing: now, ageMs: times.ageMs(agent.name) });
    }
    const ringing = flights
      .of(firm, "ringing")
      .map(({ startedMs }) => clock.steadyMs() - startedMs);
    return { free, busy, ringing, waiting: flights.of(firm, "waiting").length };
  };
  /** Whether it is still to be called: it may have been taken off the list since. */
  const isWanted = ({ one }: Flight) =>
    one.contact
      ? one.contact.interaction.state === "queued" && contacts.get(one.id) === one.contact
      : jobFile.isDue(one.callback.id);

  /** Whose law allows nothing else is dialled when an agent has him already. */
  const giveOnLine = (firm: string, one: Listed, pacing: Pacing) => {
    const [agent] = freeAgents(firm);
    const team = teamOf(firm, pacing);
    const spare = pacing.excess({ ...team, free: team.free - 1 }) === 0;
    return agent !== undefined && spare && ports.give(agent, one);
  };
  const dial = (firm: string, one: Listed, pacing: Pacing) => {
    const interaction = one.callback ? calls.contactOf(one.callback) : one.contact.interaction;
    const { id: interactionId, number = "", site } = interaction;
    if (ports.rules.country(number) !== directory.automatic(firm).jurisdiction) {
      return giveOnLine(firm, one, pacing);
    }
    if (calls.forbidden(interaction)) {
      ports.rest(one.id);
      return false;
    }
    const callId = ports.randomId();
    flights.add({ callId, one, interaction, pacing });
    telephony.dialOut({ callId, interactionId, number, site });
    return true;
  };
  /** He is called again later, but not at once. */
  const missed = ({ one }: Flight, restMs: number, attempt: boolean) => {
    if (one.callback) return jobFile.missed(one.id, restMs, attempt);
    const { attempts = 0, state } = one.contact.interaction;
    if (state !== "queued" || contacts.get(one.id) !== one.contact) return;
    const restsUntilMs = clock.nowMs() + restMs;
    const changes = { attempts: attempts + (attempt ? 1 : 0), restsUntilMs };
    ports.journal.note("contact", contacts.change(one.contact, changes));
  };
  const giveUp = (flight: Flight) => {
    flights.settle(flight);
    ports.metrics.dialAttempt("given_up");
    if (isWanted(flight)) missed(flight, RETRY_MS, false);
    telephony.release(flight.callId);
  };
  const drop = (flight: Flight) => {
    flights.settle(flight);
    flight.pacing.dropped();
    ports.metrics.dialAttempt("dropped");
    missed(flight, Math.max(RETRY_MS, flight.pacing.restMs), false);
    void turnAway(flight.callId);
    ports.look(flight.interaction.firm);
  };
  const turnAway = async (callId: string) => {
    if ((await telephony.turnAway(callId)) !== "done") telephony.release(callId);
  };
  /** Gives who waits to an agent; whether there was one. */
  const assign = (flight: Flight): boolean => {
    const { one, interaction, callId } = flight;
    const agents = freeAgents(interaction.firm);
    const agent = agents.find(({ name }) => name === one.preferred) ?? agents[0];
    const call = telephony.calls().find(({ id }) => id === callId);
    if (!agent || !call || !isWanted(flight)) return false;
    const line = warmLine.line(agent);
    if (isRefusal(line)) return false;
    if (one.callback) jobFile.reserve(agent, one.id);
    flights.settle(flight);
    ports.given(agent);
    const contact = one.contact ?? contacts.restore(interaction, []);
    Object.assign(contact, { callId, call, automatic: true, onLine: true, givenUp: false });
    ports.journal.note("contact", contacts.move(contact, "reserved", { agent: agent.name }));
    ports.journal.note("contact", contacts.move(contact, "connecting"));
    void join(flight, contact, { ...line, agent: agent.name, telephone: agent.telephone });
    return true;
  };
  const join = async (
    flight: Flight,
    contact: Contact,
    agent: Parameters<Telephony["connect"]>[1],
  ) => {
    const { callId } = flight;
    if ((await telephony.connect(callId, agent)) === "done") return;
    // The agent has hung up in this very moment. Whoever has hung up as well is his to close.
    if (contact.callId !== callId || contact.interaction.state !== "connecting") return;
    calls.handBack(contact);
    drop(flight);
  };
  const answered = (flight: Flight) => {
    const { pacing } = flight;
    flight.state = "waiting";
    pacing.answered(clock.steadyMs() - flight.startedMs);
    if (!assign(flight)) flight.timer = clock.after(pacing.patienceMs, () => drop(flight));
  };
  const ended = (flight: Flight, { end, joinedMs }: Call) => {
    flights.landed(flight);
    const { party, reason } = end ?? { party: "agent", reason: "network_trouble" };
    if (joinedMs !== undefined) return ports.metrics.dialAttempt("answered");
    if (flight.state === "settled") return;
    const his = party === "visitor" && !isCutOff(reason);
    ports.metrics.dialAttempt(his ? reason : "given_up");
    // Cut off with the exchange: whatever he has heard, it was no agent.
    if (!his && flight.state === "waiting") flight.pacing.dropped();
    if (!his) return ports.rest(flight.one.id);
    if (flight.state === "ringing") flight.pacing.unanswered();
    missed(flight, RETRY_MS, true);
  };

  return {
    run(firm, list) {
      const ringing = flights.of(firm, "ringing");
      const pacing = pacingOf(firm);
      for (const flight of ringing) if (!pacing || !isWanted(flight)) giveUp(flight);
      if (!pacing) return false;
      for (const flight of flights.of(firm, "waiting")) assign(flight);
      const team = teamOf(firm, pacing);
      const excess = pacing.excess(team);
      // The last to be dialled has waited least. Then nothing may be added.
      if (excess > 0) flights.of(firm, "ringing").slice(-excess).forEach(giveUp);
      // Who accepts an invitation finds an agent, too.
      const expected = Math.round(ports.visits.expected(firm));
      let more = pacing.more({ ...team, free: Math.max(0, team.free - expected) });
      for (const one of list) {
        if (more <= 0) break;
        if (dial(firm, one, pacing)) more -= 1;
      }
      return team.free + team.busy.length > 0;
    },
    calls: (id) => flights.has(id),
    callbacks: (firm) =>
      [...flights.of(firm, "ringing"), ...flights.of(firm, "waiting")].filter(
        ({ one }) => one.callback,
      ).length,
    changed(call) {
      const flight = flights.get(call.id);
      if (!flight) return;
      if (call.state === "waiting" && flight.state === "ringing") answered(flight);
      else if (call.state === "ended") ended(flight, call);
      else return;
      ports.look(flight.interaction.firm);
    },
    found(call, firm) {
      if (call.state === "waiting") pacingOf(firm)?.dropped();
    },
    [Symbol.dispose]() {
      for (const { firm } of directory.agents()) {
        for (const flight of flights.of(firm, "waiting")) {
          flights.settle(flight);
          flight.pacing.dropped();
        }
      }
      flights[Symbol.dispose]();
    },
  };
}

function isRunning({ interaction: { state } }: Contact): boolean {
  return state === "connecting" || state === "active" || state === "held";
}
