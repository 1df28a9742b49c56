/**
 * Automatic calls [0040, 0052]: agents who are free are given whoever is first on their firm's dial list. Progressive: one
 * number for each, and the agent's telephone is answered before the number is dialled, so nobody is called in vain. Predictive:
 * as `visitor-first.ts` says, but for agents whose telephones are no receivers that could be lifted.
 */
import { type Agent, destinationOf } from "../model/agent.ts";
import { type Call, type LegEnd, legOf } from "../model/call.ts";
import type { Timer } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import { dialList, type Listed } from "./dial-list.ts";
import { isRefusal } from "./refusal.ts";
import { createVisitorFirst } from "./visitor-first.ts";

export interface AutomaticCalls extends Disposable {
  /** Somebody of the firm may be free now, or somebody is to be called: it is looked at once all has settled. */
  look(firm: string): void;
  /** News of a call, after the contact has followed it. */
  changed(call: Call): void;
  /** Contacts that may come of the callbacks that are being dialled. */
  expected(firm: string): number;
}

/** Who could not be called is not tried again before. */
const REST_MS = 30_000;
/** How soon agents may be free who are not: while there are numbers to dial it is asked so often. */
const TICK_MS = 2_000;

/** How an agent's telephone ends who is not at it. */
const AWAY: ReadonlySet<LegEnd> = new Set(["no_answer", "busy", "refused"]);

/** @param found calls that the last process has left, which nobody goes on with */
export function createAutomaticCalls(
  ports: Omit<
    Parameters<typeof createVisitorFirst>[0],
    "inTurn" | "given" | "give" | "rest" | "look"
  > & {
    readonly log: Log;
  },
  found: Iterable<Call>,
): AutomaticCalls {
  const { calls, clock, contacts, directory, jobFile, metrics, presence, warmLine } = ports;
  /** Until when contacts, callbacks and agents are left alone, by their ids and names. */
  const resting = new Map<string, number>();
  const lastCallMs = new Map<string, number>();
  /** The automatic calls that have not ended, by the ids of their contacts. */
  const running = new Map<string, { readonly agent: Agent; readonly listed: string }>();
  const toLook = new Set<string>();
  let timer: (Timer & { readonly atMs: number }) | undefined;
  let over = false;

  const firms = () => new Set(directory.agents().map(({ firm }) => firm));
  const wakeIn = (ms: number) => {
    const atMs = clock.steadyMs() + ms;
    if (over || (timer && timer.atMs <= atMs)) return;
    timer?.[Symbol.dispose]();
    timer = Object.assign(
      clock.after(ms, () => {
        timer = undefined;
        for (const [id, untilMs] of resting) if (untilMs <= clock.steadyMs()) resting.delete(id);
        for (const firm of firms()) look(firm);
      }),
      { atMs },
    );
  };
  const rests = (id: string) => (resting.get(id) ?? 0) > clock.steadyMs();
  const rest = (id: string) => {
    resting.set(id, clock.steadyMs() + REST_MS);
    wakeIn(REST_MS);
  };
  const isLifted = (agent: Agent) => warmLine.handset(agent.name).lineId !== undefined;
  const isFree = (agent: Agent) =>
    contacts.load(agent.name).state === "idle" &&
    !rests(agent.name) &&
    !isLifted(agent) &&
    !calls.hindrance(agent);
  /** Who has been without an automatic call for longest is first. */
  const inTurn = (agents: readonly Agent[]) =>
    agents.toSorted((a, b) => (lastCallMs.get(a.name) ?? 0) - (lastCallMs.get(b.name) ?? 0));
  const given = ({ name }: Agent) => void lastCallMs.set(name, clock.nowMs());
  const look = (firm: string) => {
    if (over || toLook.has(firm)) return;
    toLook.add(firm);
    queueMicrotask(() => {
      toLook.delete(firm);
      if (!over) run(firm);
    });
  };
  const give = (agent: Agent, one: Listed): boolean => {
    const taken = one.contact
      ? calls.accept(agent, one.contact)
      : calls.acceptCallback(agent, one.callback.id);
    if (isRefusal(taken)) {
      rest(one.id);
      return false;
    }
    const interactionId = "interactionId" in taken ? taken.interactionId : one.id;
    given(agent);
    running.set(interactionId, { agent, listed: one.id });
    const contact = contacts.get(interactionId);
    if (contact) contact.automatic = true;
    return true;
  };
  const visitorFirst = createVisitorFirst({ ...ports, inTurn, given, give, rest, look });
  const listOf = (firm: string) => {
    const rules = directory.automatic(firm);
    const all = dialList(firm, rules, contacts.all(), jobFile.list(firm), clock.nowMs());
    return all.filter(({ id }) => !rests(id) && !visitorFirst.calls(id));
  };
  const run = (firm: string) => {
    const { mode } = directory.automatic(firm);
    const isRung = (agent: Agent) => mode === "progressive" || (mode !== "off" && !canLift(agent));
    let agents = inTurn(presence.atDesk(firm).filter((agent) => isRung(agent) && isFree(agent)));
    if (mode === "progressive" && agents.length === 0) return;
    const list = mode === "off" ? [] : listOf(firm);
    if (visitorFirst.run(firm, list) && list.length > 0) wakeIn(TICK_MS);
    for (const one of list) {
      const agent = agents.find(({ name }) => name === one.preferred) ?? agents[0];
      if (!agent) return;
      if (visitorFirst.calls(one.id) || rests(one.id)) continue;
      if (give(agent, one)) agents = agents.filter((other) => other !== agent);
    }
  };

  for (const call of found) {
    const firm = directory.site(call.site)?.firm;
    if (firm !== undefined) visitorFirst.found(call, firm);
  }
  for (const firm of firms()) look(firm);

  return {
    look,
    changed(call) {
      visitorFirst.changed(call);
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
    expected: (firm) => visitorFirst.callbacks(firm),
    [Symbol.dispose]() {
      over = true;
      timer?.[Symbol.dispose]();
      visitorFirst[Symbol.dispose]();
    },
  };
}

/** Whether the agent can wait for calls with the receiver in his hand: at an extension of the exchange. */
function canLift(agent: Agent): boolean {
  return destinationOf(agent).kind === "agent";
}
