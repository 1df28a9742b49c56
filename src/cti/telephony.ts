import { destinationOf } from "../model/agent.ts";
import {
  type Call,
  type CallState,
  callTransitions,
  type Destination,
  type Leg,
  type LegEnd,
  legOf,
  type Party,
} from "../model/call.ts";
import type { Clock } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import { mayMove } from "../model/transition.ts";
import {
  dialled,
  ended,
  entered,
  handedOver,
  isLive,
  isThere,
  legEnded,
  legMoved,
  type Place,
  placesOf,
} from "./call-steps.ts";
import { createCallKeeper } from "./call-keeper.ts";
import { createLines } from "./lines.ts";
import type {
  CallObserver,
  CallRecords,
  CtiMetrics,
  LineObserver,
  SwitchObserver,
} from "./ports.ts";
import { type BrowserLines, type Switch, SwitchError, type SwitchEvent } from "./switch.ts";

export interface TelephonyOptions {
  /** Anybody's telephone rings at most so long, ms. */
  readonly ringTimeoutMs: number;
  /** What a visitor of the site sees as the caller. */
  caller(site: string): { readonly number: string; readonly name: string };
}

export interface TelephonyPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: CtiMetrics;
  readonly calls: CallObserver;
  readonly lines: LineObserver;
  readonly records: CallRecords;
  readonly switches?: SwitchObserver;
  /** Connects to the exchange; events may come as soon as this has returned. */
  connect(listener: (event: SwitchEvent) => void): Switch & AsyncDisposable;
}

interface CallOrder {
  /** New and unique, chosen by the caller. */
  readonly callId: string;
  readonly interactionId: string;
  /** The agent's log-in name, and telephone: see {@link destinationOf}. */
  readonly agent: string;
  readonly telephone: string;
  /** The visitor's, E.164; empty with {@link line}. */
  readonly number: string;
  /** The line of the visitor's browser. */
  readonly line?: string;
  readonly site: string;
  /** The line on which the agent has lifted the receiver already; absent: his telephone is rung. */
  readonly lineId?: string;
}

/** A third to be consulted. `agent`: the log-in name, when it is an agent of ours. */
interface ThirdParty {
  readonly to: Destination;
  readonly agent?: string;
}

/** What became of an agent's order. `too_late`: the call is in another state by now; `cannot`: the exchange never can. */
type Done = "done" | "too_late" | "switch_down" | "failed" | "cannot";

/** Calls between agents and visitors. Every change of one is told to the {@link CallObserver}. */
export interface Telephony {
  /** Rings the agent's telephone, then the visitor's, and joins the two [0038]. Gives the call as it begins. */
  clickToCall(order: CallOrder): Call;
  /** The visitor hears music, or nothing where the exchange plays none, and nobody hears the visitor. */
  hold(callId: string): Promise<Done>;
  /** Agent and visitor talk again; a third is let go. */
  resume(callId: string): Promise<Done>;
  /** The visitor waits, a third is called. When that fails the visitor still waits. */
  consult(callId: string, third: ThirdParty): Promise<Done>;
  /** All three talk, once the third is there. */
  conference(callId: string): Promise<Done>;
  /**
   * The agent leaves, and a third has the call: the one who is consulted, or whoever is named (blind transfer). When a third
   * who was not there yet does not answer, the agent is called again.
   */
  transfer(callId: string, third?: ThirdParty): Promise<Done>;
  /** Presses keys towards the visitor, as for a menu. */
  sendDigits(callId: string, digits: string): Promise<Done>;
  /** Ends a call, in whatever state. One that has ended, or never was, is no error. */
  release(callId: string): void;
  /** Lets a line go that waits for a number. */
  releaseLine(lineId: string): void;
  /** A call that has not ended. */
  call(callId: string): Call | undefined;
  /** All that have not ended. */
  calls(): Call[];
  /** Whether the exchange can be reached. */
  up(): boolean;
  /** Whether three can talk with each other at this exchange. */
  readonly conferences: boolean;
  /** Absent where the exchange can have no telephones in browsers. */
  readonly browserLines: BrowserLines | undefined;
}

interface Live {
  call: Call;
  /** Where the exchange has put the legs, as far as known. */
  readonly places: Map<string, Place>;
  /** What is done with the call at the exchange, one thing after the other. */
  tail: Promise<unknown>;
}

/**
 * Calls over one exchange. When the exchange goes away in mid-call the call stays as it is, since the parties still talk;
 * when it is back, calls end whose legs are gone. Disposing ends the calls that are not joined yet; the others go on, and
 * are `found` again by the next process.
 *
 * @param found the calls that had not ended when the last process did
 */
export function createTelephony(
  options: TelephonyOptions,
  ports: TelephonyPorts,
  found: readonly Call[] = [],
): Telephony & AsyncDisposable {
  const { clock, log, metrics } = ports;
  const live = new Map<string, Live>();
  const callOfLeg = new Map<string, Live>();
  const keeper = createCallKeeper(ports.records, log);
  let isUp: boolean | undefined;
  for (const call of found) track(call);
  const exchange = ports.connect(heard);
  const mixes = exchange.abilities.has("conference");
  const lines = createLines({ clock, exchange, log, observer: ports.lines });

  function track(call: Call): Live {
    const one: Live = { call, places: new Map(), tail: Promise.resolve() };
    live.set(call.id, one);
    for (const leg of call.legs) callOfLeg.set(leg.id, one);
    return one;
  }

  function heard(event: SwitchEvent): void {
    if (event.type === "down" || event.type === "up") return switchChanged(event);
    const one = callOfLeg.get(event.legId);
    if (!one) return lines.heard(event);
    if (event.type === "ended") return legGone(one, event.legId, event.end);
    if (event.type !== "ringing" && event.type !== "answered") return;
    const before = one.call;
    update(one, legMoved(before, event.legId, event.type));
    if (one.call !== before && event.type === "answered") proceed(one);
  }

  function switchChanged(event: SwitchEvent & { type: "up" | "down" }): void {
    const up = event.type === "up";
    if (isUp !== up) {
      isUp = up;
      metrics.switchUp(up);
      ports.switches?.changed(up);
    }
    if (event.type === "down") return;
    const there = new Set(event.legs);
    for (const one of live.values()) {
      one.places.clear();
      const lost = one.call.legs.filter((leg) => isLive(leg) && !there.has(leg.id));
      for (const leg of lost) legGone(one, leg.id, "switch_down");
      if (lost.length === 0) proceed(one);
    }
    // What is nobody's is of a process that was killed before it could write it down.
    const strays = event.legs.filter((legId) => !callOfLeg.has(legId));
    for (const legId of lines.found(strays)) releaseLeg(legId);
    const used = new Set(Array.from(live.keys(), bridgeIdOf));
    for (const bridgeId of event.bridges) if (!used.has(bridgeId)) dissolve(bridgeId);
  }

  /** A leg has ended by itself. */
  function legGone(one: Live, legId: string, reason: LegEnd): void {
    const leg = one.call.legs.find((l) => l.id === legId);
    if (!isLive(leg)) return;
    one.places.delete(legId);
    const { state } = one.call;
    const outlives =
      leg.party === "third" ||
      (leg.party === "agent" &&
        (state === "consulting" || state === "conference") &&
        isLive(legOf(one.call, "third")));
    if (!outlives || state === "transferred") return end(one, leg.party, reason, legId);
    update(one, legEnded(one.call, legId, reason));
    proceed(one);
  }

  /** Does what is next for a call, if anything is: safe to ask again. */
  function proceed(one: Live): void {
    void inTurn(one, async () => {
      try {
        await next(one);
      } catch (error) {
        // An exchange that is away is asked again when it is back.
        if (reasonOf(error) !== "switch_down") end(one, "visitor", reasonOf(error));
      }
    });
  }

  async function next(one: Live): Promise<void> {
    const { call } = one;
    const [agent, visitor, third] = (["agent", "visitor", "third"] as const).map((party) =>
      legOf(call, party),
    );
    switch (call.state) {
      case "calling_agent":
        if (!isThere(agent)) return;
        if (isLive(visitor)) return enter(one, "joined");
        return dial(one, "calling_visitor", {
          party: "visitor",
          to:
            call.line === undefined
              ? { kind: "public", number: call.number }
              : { kind: "browser", line: call.line },
        });
      case "calling_visitor":
        return isThere(visitor) ? enter(one, "joined") : arrange(one, call);
      case "consulting":
        if (!isLive(third)) return enter(one, "held");
        if (!isLive(agent)) return isThere(third) ? handOver(one) : enter(one, "transferring");
        return enter(one, "consulting");
      case "conference":
        if (!isLive(third)) return enter(one, "joined");
        return isLive(agent) ? enter(one, "conference") : handOver(one);
      case "transferring":
        if (isThere(third)) return handOver(one);
        if (isLive(third)) return arrange(one, call);
        return callAgentAgain(one, agent);
      case "joined":
      case "held":
      case "transferred":
        return arrange(one, call);
      case "ended":
    }
  }

  /** Nobody has taken the visitor over, so the agent gets him back. */
  function callAgentAgain(one: Live, agent: Leg | undefined): Promise<void> {
    if (!agent) throw new Error(`call ${one.call.id} never had an agent`);
    const { to, agent: name } = agent;
    return dial(one, "calling_agent", {
      party: "agent",
      to,
      ...(name !== undefined && { agent: name }),
    });
  }

  async function handOver(one: Live): Promise<void> {
    const agent = legOf(one.call, "agent");
    const next = handedOver(one.call, clock.nowMs());
    // Where a bridge has room for two only, the agent makes room.
    if (!mixes && agent && isThere(agent)) await exchange.play(agent.id, "ringing");
    await arrange(one, next);
    // Somebody may have hung up meanwhile; what then is next has been put in line.
    if (one.call.state === "ended" || !isThere(legOf(one.call, "third"))) return;
    update(one, handedOver(one.call, clock.nowMs()));
    if (isLive(agent)) releaseLeg(agent.id);
  }

  /** Brings the call into a state, at the exchange first. */
  async function enter(one: Live, state: CallState): Promise<void> {
    await arrange(one, entered(one.call, state, clock.nowMs()));
    // Somebody may have hung up meanwhile.
    const { call } = one;
    if (call.state === state || mayMove(callTransitions, call.state, state)) {
      update(one, entered(call, state, clock.nowMs()));
    }
  }

  /** Puts the legs where they belong in the call as it is to be. */
  async function arrange(one: Live, call: Call): Promise<void> {
    const joining: string[] = [];
    for (const [legId, place] of placesOf(call)) {
      if (one.places.get(legId) === place) continue;
      if (place === "bridge") joining.push(legId);
      else if (place !== "silence") await exchange.play(legId, place);
      one.places.set(legId, place);
    }
    if (joining.length > 0) await exchange.join(bridgeIdOf(call.id), joining);
    if (one.call.state === "ended") dissolve(bridgeIdOf(call.id));
  }

  /** Dials one more leg, and brings the call into the state that goes with it. */
  async function dial(
    one: Live,
    state: CallState,
    party: Pick<Leg, "party" | "to" | "agent">,
  ): Promise<void> {
    const call = entered(dialled(one.call, party), state, clock.nowMs());
    const leg = call.legs.at(-1);
    if (!leg) return;
    callOfLeg.set(leg.id, one);
    update(one, call);
    originate(one, leg);
    await arrange(one, one.call);
  }

  function originate(one: Live, { id: legId, to }: Leg): void {
    const caller = options.caller(one.call.site);
    const from = to.kind === "public" ? caller : { number: one.call.number, name: caller.name };
    const video = one.call.line !== undefined;
    exchange
      .originate({ legId, to, from, video, ringTimeoutMs: options.ringTimeoutMs })
      .catch((error: unknown) => legGone(one, legId, reasonOf(error)));
  }

  function update(one: Live, call: Call): void {
    if (call === one.call) return;
    one.call = call;
    keeper.keep(call);
    ports.calls.changed(call);
  }

  /** @param gone the leg that the exchange itself has said to be gone; every other one is released, to be sure */
  function end(one: Live, party: Party, reason: LegEnd, gone?: string): void {
    const { call } = one;
    if (!live.delete(call.id)) return;
    for (const leg of call.legs) {
      callOfLeg.delete(leg.id);
      if (isLive(leg) && leg.id !== gone) releaseLeg(leg.id);
    }
    if (call.joinedMs !== undefined || call.state === "calling_visitor")
      dissolve(bridgeIdOf(call.id));
    const talked = call.joinedMs !== undefined && reason !== "switch_down";
    metrics.callEnded(talked ? "completed" : reason);
    log.info({ call: call.id, state: call.state, party, reason }, "call ended");
    update(one, ended(call, party, reason, clock.nowMs()));
  }

  function releaseLeg(legId: string): void {
    exchange.release(legId).catch((error: unknown) => {
      log.error({ err: error, leg: legId }, "a leg was not released");
    });
  }

  function dissolve(bridgeId: string): void {
    exchange.dissolve(bridgeId).catch((error: unknown) => {
      log.error({ err: error, bridge: bridgeId }, "a bridge was not dissolved");
    });
  }

  /** One thing after the other: what is asked in between finds the call as the last one has left it. */
  function inTurn<Result>(one: Live, task: () => Promise<Result>): Promise<Result> {
    const result = one.tail.then(task);
    one.tail = result.catch(() => undefined);
    return result;
  }

  /** An agent's order, from one of the states in which it makes sense. */
  async function order(
    callId: string,
    states: readonly CallState[],
    what: (one: Live) => Promise<void>,
  ): Promise<Done> {
    const one = live.get(callId);
    if (!one) return "too_late";
    return inTurn(one, async () => {
      if (!states.includes(one.call.state)) return "too_late";
      try {
        await what(one);
        return "done";
      } catch (error) {
        if (reasonOf(error) === "switch_down") return "switch_down";
        // What was done halfway is put right.
        one.places.clear();
        proceed(one);
        return "failed";
      }
    });
  }

  const thirdIs = (one: Live, test: (leg: Leg | undefined) => boolean) =>
    test(legOf(one.call, "third"));

  return {
    clickToCall({ callId, interactionId, site, number, line, agent, telephone, lineId }) {
      if (live.has(callId)) throw new Error(`call ${callId} exists already`);
      const to = destinationOf({ name: agent, telephone });
      const blank: Call = {
        id: callId,
        interactionId,
        site,
        number,
        ...(line !== undefined && { line }),
        state: "calling_agent",
        legs:
          lineId === undefined
            ? []
            : [{ id: lineId, party: "agent", to, agent, state: "answered" }],
        startedMs: clock.nowMs(),
      };
      const one = track(
        lineId === undefined ? dialled(blank, { party: "agent", to, agent }) : blank,
      );
      if (lineId !== undefined) lines.taken(lineId);
      const { call } = one;
      const [leg] = call.legs;
      if (leg) callOfLeg.set(leg.id, one);
      metrics.callStarted();
      keeper.keep(call);
      // Later, so that whoever asked has the call in hand before it is told of changes.
      queueMicrotask(() => {
        if (!live.has(call.id)) return;
        if (!isUp) return end(one, "agent", "switch_down");
        if (lineId === undefined && leg) originate(one, leg);
        else proceed(one);
      });
      return call;
    },
    hold: (callId) => order(callId, ["joined"], (one) => enter(one, "held")),
    resume: (callId) =>
      order(callId, ["held", "consulting", "conference"], async (one) => {
        const third = legOf(one.call, "third");
        if (isLive(third)) {
          releaseLeg(third.id);
          update(one, legEnded(one.call, third.id, "released"));
        }
        await enter(one, "joined");
      }),
    consult: (callId, { to, agent }) =>
      order(callId, ["joined", "held"], (one) =>
        dial(one, "consulting", { party: "third", to, ...(agent !== undefined && { agent }) }),
      ),
    async conference(callId) {
      const one = live.get(callId);
      if (!one || !thirdIs(one, isThere)) return "too_late";
      if (!mixes) return "cannot";
      return order(callId, ["consulting"], () => enter(one, "conference"));
    },
    transfer: (callId, third) =>
      order(callId, third ? ["joined", "held"] : ["consulting", "conference"], async (one) => {
        if (!third && thirdIs(one, isThere)) return handOver(one);
        const agent = legOf(one.call, "agent");
        if (agent) update(one, legEnded(one.call, agent.id, "released"));
        if (!third) await enter(one, "transferring");
        else await dial(one, "transferring", { party: "third", ...third });
        if (agent) releaseLeg(agent.id);
      }),
    sendDigits: (callId, digits) =>
      order(callId, ["joined", "conference"], async (one) => {
        const visitor = legOf(one.call, "visitor");
        if (visitor) await exchange.sendDigits(visitor.id, digits);
      }),
    release(callId) {
      const one = live.get(callId);
      if (one) end(one, "agent", "released");
    },
    releaseLine: (lineId) => lines.release(lineId),
    call: (callId) => live.get(callId)?.call,
    calls: () => Array.from(live.values(), (one) => one.call),
    up: () => isUp ?? false,
    conferences: mixes,
    browserLines: exchange.browserLines,
    async [Symbol.asyncDispose]() {
      for (const one of live.values()) {
        if (one.call.joinedMs === undefined) end(one, "agent", "released");
      }
      lines[Symbol.dispose]();
      await exchange[Symbol.asyncDispose]();
      await keeper.kept();
    },
  };
}

function bridgeIdOf(callId: string): string {
  return `${callId}.bridge`;
}

/** What an order that the exchange did not take means for the call. */
function reasonOf(error: unknown): "switch_down" | "network_trouble" {
  if (!(error instanceof SwitchError)) throw error;
  return error.code === "WL_SWITCH_DOWN" ? "switch_down" : "network_trouble";
}
