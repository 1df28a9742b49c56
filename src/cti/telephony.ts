import { destinationOf } from "../model/agent.ts";
import { type Call, type LegEnd, legOf } from "../model/call.ts";
import type { Clock } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import { type CallOrders, createCallOrders } from "./call-orders.ts";
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
import type { BrowserLines, Switch, SwitchEvent } from "./switch.ts";

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

/** Calls between agents and visitors. Every change of one is told to the {@link CallObserver}. */
export interface Telephony extends CallOrders {
  /** Rings the agent's telephone, then the visitor's, and joins the two [0038]. Gives the call as it begins. */
  clickToCall(order: CallOrder): Call;
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
  const live = createLiveCalls({ ...ports, exchange }, found);
  const progress = createCallProgress(options, { clock, exchange, live, legGone });
  const orders = createCallOrders({ exchange, live, progress });

  function heard(event: SwitchEvent): void {
    if (event.type === "down" || event.type === "up") return switchChanged(event);
    const one = live.ofLeg(event.legId);
    if (!one) return lines.heard(event);
    if (event.type === "ended") return legGone(one, event.legId, event.end);
    if (event.type !== "ringing" && event.type !== "answered") return;
    const before = one.call;
    live.update(one, legMoved(before, event.legId, event.type));
    if (one.call !== before && event.type === "answered") progress.proceed(one);
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
    for (const one of live.all()) {
      one.places.clear();
      const lost = one.call.legs.filter((leg) => isLive(leg) && !there.has(leg.id));
      for (const leg of lost) legGone(one, leg.id, "switch_down");
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
    const leg = one.call.legs.find((l) => l.id === legId);
    if (!isLive(leg)) return;
    one.places.delete(legId);
    const { state } = one.call;
    const outlives =
      leg.party === "third" ||
      (leg.party === "agent" &&
        (state === "consulting" || state === "conference") &&
        isLive(legOf(one.call, "third")));
    if (!outlives || state === "transferred") return live.end(one, leg.party, reason, legId);
    live.update(one, legEnded(one.call, legId, reason));
    progress.proceed(one);
  }

  return {
    ...orders,
    clickToCall({ callId, interactionId, site, number, line, agent, telephone, lineId }) {
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
      const one = live.begin(
        lineId === undefined ? dialled(blank, { party: "agent", to, agent }) : blank,
      );
      if (lineId !== undefined) lines.taken(lineId);
      const { call } = one;
      const [leg] = call.legs;
      // Later, so that whoever asked has the call in hand before it is told of changes.
      queueMicrotask(() => {
        if (!live.get(call.id)) return;
        if (!isUp) return live.end(one, "agent", "switch_down");
        if (lineId === undefined && leg) progress.originate(one, leg);
        else progress.proceed(one);
      });
      return call;
    },
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
