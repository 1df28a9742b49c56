/**
 * Automatic calls [0040, 0052]: agents who are free are given whoever is first on their firm's dial list. Progressive: one
 * number for each, and the agent's telephone is answered before the number is dialled, so nobody is called in vain.
 */
import type { Agent } from "../model/agent.ts";
import { type Call, type LegEnd, legOf } from "../model/call.ts";
import type { Clock, Timer } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import type { Calls } from "./calls.ts";
import type { Contacts } from "./contacts.ts";
import { dialList, type Listed } from "./dial-list.ts";
import type { Directory } from "./directory.ts";
import type { JobFile } from "./job-file.ts";
import type { DialMetrics } from "./ports.ts";
import type { Presence } from "./presence.ts";
import { isRefusal } from "./refusal.ts";

export interface AutomaticCalls extends Disposable {
  /** Somebody of the firm may be free now, or somebody is to be called: it is looked at once all has settled. */
  look(firm: string): void;
  /** News of a call, after the contact has followed it. */
  changed(call: Call): void;
}

/** Who could not be called is not tried again before. */
const REST_MS = 30_000;

/** How an agent's telephone ends who is not at it. */
const AWAY: ReadonlySet<LegEnd> = new Set(["no_answer", "busy", "refused"]);

export function createAutomaticCalls(ports: {
  readonly calls: Calls;
  readonly clock: Clock;
  readonly contacts: Contacts;
  readonly directory: Directory;
  readonly jobFile: JobFile;
  readonly log: Log;
  readonly metrics: DialMetrics;
  readonly presence: Presence;
  /** Whether the agent has the receiver in his hand, about to call somebody himself. */
  lifted(agent: string): boolean;
}): AutomaticCalls {
  const { calls, clock, contacts, directory, jobFile, metrics, presence } = ports;
  /** Until when contacts, callbacks and agents are left alone, by their ids and names. */
  const resting = new Map<string, number>();
  const lastCallMs = new Map<string, number>();
  /** The automatic calls that have not ended, by the ids of their contacts. */
  const running = new Map<string, { readonly agent: Agent; readonly listed: string }>();
  const toLook = new Set<string>();
  let timer: Timer | undefined;
  let over = false;

  const rests = (id: string) => (resting.get(id) ?? 0) > clock.nowMs();
  const rest = (id: string) => {
    resting.set(id, clock.nowMs() + REST_MS);
    timer ??= clock.after(REST_MS, () => {
      timer = undefined;
      for (const [key, untilMs] of resting) {
        if (untilMs <= clock.nowMs()) resting.delete(key);
        else rest(key);
      }
      for (const firm of firms()) look(firm);
    });
  };
  const firms = () => new Set(directory.agents().map(({ firm }) => firm));
  const isFree = (agent: Agent) =>
    contacts.load(agent.name).state === "idle" &&
    !rests(agent.name) &&
    !ports.lifted(agent.name) &&
    !calls.hindrance(agent);
  /** Who has been without an automatic call for longest is first. */
  const freeAgents = (firm: string) =>
    presence
      .onDuty(firm)
      .filter(isFree)
      .toSorted((a, b) => (lastCallMs.get(a.name) ?? 0) - (lastCallMs.get(b.name) ?? 0));
  const give = (agent: Agent, one: Listed): boolean => {
    const taken = one.contact
      ? calls.accept(agent, one.contact)
      : calls.acceptCallback(agent, one.callback.id);
    if (isRefusal(taken)) {
      rest(one.id);
      return false;
    }
    const interactionId = "interactionId" in taken ? taken.interactionId : one.id;
    lastCallMs.set(agent.name, clock.nowMs());
    running.set(interactionId, { agent, listed: one.id });
    const contact = contacts.get(interactionId);
    if (contact) contact.automatic = true;
    return true;
  };
  const run = (firm: string) => {
    const rules = directory.automatic(firm);
    if (rules.mode === "off") return;
    const agents = freeAgents(firm);
    if (agents.length === 0) return;
    for (const one of dialList(firm, rules, contacts.all(), jobFile.list(firm))) {
      const agent = agents.find(({ name }) => name === one.preferred) ?? agents[0];
      if (!agent) return;
      if (!rests(one.id) && give(agent, one)) agents.splice(agents.indexOf(agent), 1);
    }
  };
  const look = (firm: string) => {
    if (over || toLook.has(firm)) return;
    toLook.add(firm);
    queueMicrotask(() => {
      toLook.delete(firm);
      if (!over) run(firm);
    });
  };

  for (const firm of firms()) look(firm);

  return {
    look,
    changed(call) {
      const one = running.get(call.interactionId);
      if (!one || call.state !== "ended") return;
      running.delete(call.interactionId);
      const { party, reason } = call.end ?? { party: "agent", reason: "network_trouble" };
      if (call.joinedMs !== undefined) return metrics.dialAttempt("answered");
      if (legOf(call, "visitor"))
        return metrics.dialAttempt(party === "visitor" ? reason : "given_up");
      if (party !== "agent" || reason === "released" || reason === "hung_up") return;
      // Nobody was at the agent's telephone: others get the calls until he says that he is back.
      rest(one.agent.name);
      rest(one.listed);
      if (!AWAY.has(reason)) return;
      ports.log.info({ agent: one.agent.name, reason }, "An agent did not answer; he is paused");
      presence.say(one.agent, "on_break");
      resting.delete(one.listed);
    },
    [Symbol.dispose]() {
      over = true;
      timer?.[Symbol.dispose]();
    },
  };
}
