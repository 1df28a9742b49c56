import type { Call, LegEnd } from "../model/call.ts";
import type { Clock } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import { begun, callOfLeg, dialVisitor, ended, joined, legIdOf, legMoved } from "./call-steps.ts";
import { createOrphans } from "./orphans.ts";
import type { CallObserver, CtiMetrics, SwitchObserver } from "./ports.ts";
import { type Destination, type Switch, SwitchError, type SwitchEvent } from "./switch.ts";

export interface TelephonyOptions {
  /** Either party's telephone rings at most so long, ms. */
  readonly ringTimeoutMs: number;
  /** What a visitor of the site sees as the caller. */
  caller(site: string): { readonly number: string; readonly name: string };
}

export interface TelephonyPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: CtiMetrics;
  readonly calls: CallObserver;
  readonly switches?: SwitchObserver;
  /** Connects to the exchange; events may come as soon as this has returned. */
  connect(listener: (event: SwitchEvent) => void): Switch & AsyncDisposable;
}

interface CallOrder {
  /** New and unique, chosen by the caller. */
  readonly callId: string;
  readonly interactionId: string;
  readonly agentTelephone: string;
  readonly agentName: string;
  /** The visitor's, E.164. */
  readonly number: string;
  readonly site: string;
}

/** Calls between agents and visitors. Every change of one is told to the {@link CallObserver}. */
export interface Telephony {
  /** Rings the agent's telephone, then the visitor's, and joins the two [0038]. Gives the call as it begins. */
  clickToCall(order: CallOrder): Call;
  /** Ends a call, in whatever state. One that has ended, or never was, is no error. */
  release(callId: string): void;
  /** A call that has not ended. */
  call(callId: string): Call | undefined;
  /** All that have not ended. */
  calls(): Call[];
  /** Whether the exchange can be reached. */
  up(): boolean;
}

interface Live {
  readonly order: CallOrder;
  call: Call;
  joining: boolean;
}

/**
 * Calls over one exchange. When the exchange goes away in mid-call the call stays as it is, since the parties still talk;
 * when it is back, calls end whose legs are gone. Disposing ends the calls that are not joined yet; the others go on.
 */
export function createTelephony(
  options: TelephonyOptions,
  ports: TelephonyPorts,
): Telephony & AsyncDisposable {
  const { clock, log, metrics } = ports;
  const live = new Map<string, Live>();
  const orphans = createOrphans(releaseLeg, dissolve);
  let isUp: boolean | undefined;
  const exchange = ports.connect(heard);

  function heard(event: SwitchEvent): void {
    if (event.type === "up" || event.type === "down") return switchChanged(event);
    const one = live.get(callOfLeg(event.legId));
    const leg = one?.call.legs.find((l) => l.id === event.legId);
    if (!one || !leg) return orphans.heard(event);
    if (event.type === "ended") return end(one, leg.party, event.end, leg.id);
    update(one, legMoved(one.call, event.legId, event.type));
    proceed(one);
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
      const lost = one.call.legs.find((leg) => !there.has(leg.id));
      if (lost) end(one, lost.party, "switch_down");
      else proceed(one);
    }
    orphans.found(event.legs.filter((legId) => !live.has(callOfLeg(legId))));
  }

  /** Does what is next for a call, if anything is: safe to ask again. */
  function proceed(one: Live): void {
    const { call, order } = one;
    if (!call.legs.every((leg) => leg.state === "answered")) return;
    if (call.state === "calling_agent") {
      update(one, dialVisitor(call));
      const to = { kind: "public", number: order.number } as const;
      originate(one, "visitor", to, options.caller(order.site));
    } else if (call.state === "calling_visitor" && !one.joining) void join(one);
  }

  function originate(
    one: Live,
    party: "agent" | "visitor",
    to: Destination,
    from: { readonly number: string; readonly name: string },
  ): void {
    const legId = legIdOf(one.call.id, party);
    exchange
      .originate({ legId, to, from, ringTimeoutMs: options.ringTimeoutMs })
      .catch((error: unknown) => end(one, party, reasonOf(error)));
  }

  async function join(one: Live): Promise<void> {
    const { id, legs } = one.call;
    one.joining = true;
    try {
      const legIds = legs.map((leg) => leg.id);
      await exchange.join(bridgeIdOf(id), legIds);
      if (live.has(id)) update(one, joined(one.call, clock.nowMs()));
      else dissolve(id);
    } catch (error) {
      // An exchange that is away is asked again when it is back.
      if (reasonOf(error) !== "switch_down") end(one, "visitor", reasonOf(error));
    } finally {
      one.joining = false;
    }
  }

  function update(one: Live, call: Call): void {
    if (call === one.call) return;
    one.call = call;
    ports.calls.changed(call);
  }

  /** @param gone the leg that the exchange itself has said to be gone; every other one is released, to be sure */
  function end(one: Live, party: "agent" | "visitor", reason: LegEnd, gone?: string): void {
    const { call } = one;
    if (!live.delete(call.id)) return;
    for (const leg of call.legs) if (leg.id !== gone) releaseLeg(leg.id);
    if (call.state !== "calling_agent") dissolve(call.id);
    const talked = call.state === "joined" && (reason === "hung_up" || reason === "released");
    metrics.callEnded(talked ? "completed" : reason);
    const { id, state } = call;
    log.info({ call: id, state, party, reason }, "call ended");
    update(one, ended(call, party, reason, clock.nowMs()));
  }

  function releaseLeg(legId: string): void {
    exchange.release(legId).catch((error: unknown) => {
      log.error({ err: error, leg: legId }, "a leg was not released");
    });
  }

  function dissolve(callId: string): void {
    exchange.dissolve(bridgeIdOf(callId)).catch((error: unknown) => {
      log.error({ err: error, call: callId }, "a bridge was not dissolved");
    });
  }

  return {
    clickToCall(order) {
      if (live.has(order.callId)) throw new Error(`call ${order.callId} exists already`);
      const call = begun(order.callId, order.interactionId, clock.nowMs());
      const one: Live = { order, call, joining: false };
      live.set(order.callId, one);
      metrics.callStarted();
      // Later, so that whoever asked has the call in hand before it is told of changes.
      queueMicrotask(() => {
        if (!live.has(call.id)) return;
        if (!isUp) return end(one, "agent", "switch_down");
        const to = { kind: "agent", telephone: order.agentTelephone } as const;
        originate(one, "agent", to, {
          number: order.number,
          name: options.caller(order.site).name,
        });
      });
      return call;
    },
    release(callId) {
      const one = live.get(callId);
      if (one) end(one, "agent", "released");
    },
    call: (callId) => live.get(callId)?.call,
    calls: () => Array.from(live.values(), (one) => one.call),
    up: () => isUp ?? false,
    async [Symbol.asyncDispose]() {
      for (const one of live.values()) {
        if (one.call.state !== "joined") end(one, "agent", "released");
      }
      await exchange[Symbol.asyncDispose]();
    },
  };
}

function bridgeIdOf(callId: string): string {
  return `${callId}.bridge`;
}

/** What an order that the exchange did not take means for the call. */
function reasonOf(error: unknown): LegEnd {
  if (!(error instanceof SwitchError)) throw error;
  return error.code === "WL_SWITCH_DOWN" ? "switch_down" : "network_trouble";
}
