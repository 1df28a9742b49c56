import { destinationOf } from "../model/agent.ts";
import { type Call, type Leg, type LegEnd, legOf } from "../model/call.ts";
import type { Clock } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import { type CallOrders, createCallOrders, type Done } from "./call-orders.ts";
import { type CallProgressOptions, createCallProgress } from "./call-progress.ts";
import { dialled, isLive, legEnded, legMoved } from "./call-steps.ts";
import { createLines } from "./lines.ts";
import { bridgeIdOf, createLiveCalls, type Live } from "./live-calls.ts";
import type {
  CallObserver,
  CallRecords,
  CtiMetrics,
  LineObserver,
  SwitchObserver,
} from "./ports.ts";
import { type BrowserLines, type Switch, SwitchError, type SwitchEvent } from "./switch.ts";

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

/** A visitor who is to be called before there is an agent for him. */
type VisitorOrder = Pick<CallOrder, "callId" | "interactionId" | "number" | "site">;

/** An agent who has lifted the receiver. */
type AgentOnLine = Pick<CallOrder, "agent" | "telephone"> & { readonly lineId: string };

/** Calls between agents and visitors. Every change of one is told to the {@link CallObserver}. */
export interface Telephony extends Omit<CallOrders, "order"> {
  /** Rings the agent's telephone, then the visitor's, and joins the two [0038]. Gives the call as it begins. */
  clickToCall(order: CallOrder): Call;
  /**
   * Rings the visitor's telephone alone. When he answers the call is `waiting`, for {@link connect}, {@link turnAway} or
   * {@link release}. Gives the call as it begins.
   */
  dialOut(order: VisitorOrder): Call;
  /** Joins a visitor who waits with an agent who has lifted the receiver. When that fails the visitor still waits. */
  connect(callId: string, agent: AgentOnLine): Promise<Done>;
  /** A visitor who waits is told that nobody is free; then the call ends. */
  turnAway(callId: string): Promise<Done>;
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

/**
 * Calls over one exchange. When the exchange goes away in mid-call the call stays as it is, since the parties still talk;
 * when it is back, calls end whose legs are gone. Disposing ends the calls that are not joined yet; the others go on, and
 * are `found` again by the next process.
 *
 * @param found the calls that had not ended when the last process did
 */
export function createTelephony(
  options: CallProgressOptions,
  ports: TelephonyPorts,
  found: readonly Call[] = [],
): Telephony & AsyncDisposable {
  const { clock, log, metrics } = ports;
  let isUp: boolean | undefined;
  const exchange = ports.connect(heard);
  const lines = createLines({ clock, exchange, log, observer: ports.lines });
  const live = createLiveCalls({ ...ports, exchange, lines }, found);
  const progress = createCallProgress(options, { clock, exchange, live, legGone });
  const { order, ...orders } = createCallOrders({ exchange, live, progress });

  function heard(event: SwitchEvent): void {
    if (event.type === "down" || event.type === "up") return switchChanged(event);
    const one = live.ofLeg(event.legId);
    if (!one) return lines.heard(event);
    if (event.type === "ended") return legGone(one, event.legId, event.end);
    if (event.type === "played" && one.call.state === "announcing")
      return live.end(one, "agent", "released");
    if (event.type !== "ringing" && event.type !== "answered") return;
    const before = one.call;
    live.update(one, legMoved(before, event.legId, event.type));
    if (one.call !== before && event.type === "answered") progress.proceed(one);
  }

  function switchChanged(event: SwitchEvent & { type: "up" | "down" }): void {
    const before = isUp;
    isUp = event.type === "up";
    if (isUp !== before) {
      metrics.switchUp(isUp);
      ports.switches?.changed(isUp);
    }
    if (event.type === "down") return;
    const there = new Set(event.legs);
    for (const one of live.all()) {
      // In turn, or else what is under way would be noted afterwards, as if it had been done since.
      void one.inTurn(async () => one.places.clear());
      const lost = one.call.legs.filter((leg) => isLive(leg) && !there.has(leg.id));
      for (const leg of lost) legGone(one, leg.id, "unseen");
      if (lost.length === 0) progress.proceed(one);
    }
    // What is nobody's is of a process that was killed before it could write it down.
    const strays = event.legs.filter((legId) => !live.ofLeg(legId));
    for (const legId of lines.found(strays)) live.releaseLeg(legId);
    const used = new Set(live.all().map(({ call }) => bridgeIdOf(call.id)));
    for (const bridgeId of event.bridges) if (!used.has(bridgeId)) live.dissolve(bridgeId);
  }

  /** A leg has ended by itself. */
  function legGone(one: Live, legId: string, reason: LegEnd): void {
    lines.gone(legId);
    const leg = one.call.legs.find((l) => l.id === legId);
    if (!isLive(leg)) return;
    one.places.delete(legId);
    const { state } = one.call;
    const outlives =
      leg.party === "third" ||
      (leg.party === "agent" &&
        (state === "waiting" ||
          ((state === "consulting" || state === "conference") &&
            isLive(legOf(one.call, "third")))));
    if (!outlives || state === "transferred") return live.end(one, leg.party, reason, legId);
    live.update(one, legEnded(one.call, legId, reason));
    progress.proceed(one);
  }

  /** Later, so that whoever asked has the call in hand before it is told of changes. */
  function begin(call: Call, first: (one: Live) => void): Call {
    const one = live.begin(call);
    queueMicrotask(() => {
      if (!live.get(call.id)) return;
      if (isUp) first(one);
      else live.end(one, call.state === "dialling" ? "visitor" : "agent", "switch_down");
    });
    return one.call;
  }

  const originateFirst = (one: Live) => {
    const [leg] = one.call.legs;
    if (leg) progress.originate(one, leg);
  };

  return {
    ...orders,
    clickToCall({ callId, interactionId, site, number, line, agent, telephone, lineId }) {
      const blank: Call = {
        id: callId,
        interactionId,
        site,
        number,
        ...(line !== undefined && { line }),
        state: "calling_agent",
        legs: [],
        startedMs: clock.nowMs(),
      };
      if (lineId === undefined) {
        const to = destinationOf({ name: agent, telephone });
        return begin(dialled(blank, { party: "agent", to, agent }), originateFirst);
      }
      lines.taken(lineId);
      const leg = legOnLine({ agent, telephone, lineId });
      return begin({ ...blank, legs: [leg] }, (one) => progress.proceed(one));
    },
    dialOut({ callId: id, interactionId, site, number }) {
      const startedMs = clock.nowMs();
      const state = "dialling";
      const blank: Call = { id, interactionId, site, number, state, legs: [], startedMs };
      const to = { kind: "public", number } as const;
      return begin(dialled(blank, { party: "visitor", to }), originateFirst);
    },
    connect: (callId, agent) =>
      order(callId, ["waiting"], async (one) => {
        if (lines.taken(agent.lineId)) return progress.joinAgent(one, legOnLine(agent));
        throw new SwitchError("WL_SWITCH_NO_SUCH_LEG", "the agent has hung up");
      }),
    turnAway: (callId) =>
      order(callId, ["waiting"], async (one) => {
        await progress.enter(one, "announcing");
        if (!exchange.abilities.has("nobody_free")) live.end(one, "agent", "released");
      }),
    release(callId) {
      const one = live.get(callId);
      if (one) live.end(one, "agent", "released");
    },
    releaseLine: (lineId) => lines.release(lineId),
    call: (callId) => live.get(callId)?.call,
    calls: () => live.all().map(({ call }) => call),
    up: () => isUp ?? false,
    conferences: exchange.abilities.has("conference"),
    browserLines: exchange.browserLines,
    async [Symbol.asyncDispose]() {
      for (const one of live.all()) {
        if (one.call.joinedMs === undefined) live.end(one, "agent", "released");
      }
      lines[Symbol.dispose]();
      await exchange[Symbol.asyncDispose]();
      await live.kept();
    },
  };
}

/** The leg of an agent who has lifted the receiver. */
function legOnLine({ agent, telephone, lineId }: AgentOnLine): Leg {
  const to = destinationOf({ name: agent, telephone });
  return { id: lineId, party: "agent", to, agent, state: "answered" };
}
