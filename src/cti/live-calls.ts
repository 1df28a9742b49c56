/** The calls that have not ended: every change of one is told and written down, and whatever is left of one that ends is let go. */
import { type Call, isCutOff, type LegEnd, legOf, type Party } from "../model/call.ts";
import type { Clock } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import { createCallKeeper } from "./call-keeper.ts";
import { ended, isLive, type Place } from "./call-steps.ts";
import type { Lines } from "./lines.ts";
import type { CallObserver, CallRecords, CtiMetrics } from "./ports.ts";
import type { Switch } from "./switch.ts";

export interface Live {
  readonly call: Call;
  /** Where the exchange has put the legs, as far as known. */
  readonly places: Map<string, Place>;
  /** One thing after the other: what is asked in between finds the call as the last one has left it. */
  inTurn<Result>(task: () => Promise<Result>): Promise<Result>;
}

export interface LiveCalls {
  get(callId: string): Live | undefined;
  ofLeg(legId: string): Live | undefined;
  all(): Live[];
  /** A new one, of which nobody is told yet. */
  begin(call: Call): Live;
  update(one: Live, call: Call): void;
  /** @param gone the leg that the exchange itself has said to be gone; every other one is released, to be sure */
  end(one: Live, party: Party, reason: LegEnd, gone?: string): void;
  /** It has no part in its call any more: it ends, or its agent waits with the receiver in his hand for the next one. */
  releaseLeg(legId: string): void;
  dissolve(bridgeId: string): void;
  /** When everything has been written down. */
  kept(): Promise<void>;
}

/** @param found those that had not ended when the last process did */
export function createLiveCalls(
  ports: {
    readonly calls: CallObserver;
    readonly clock: Clock;
    readonly exchange: Switch;
    readonly lines: Lines;
    readonly log: Log;
    readonly metrics: CtiMetrics;
    readonly records: CallRecords;
  },
  found: readonly Call[],
): LiveCalls {
  const { clock, exchange, log, metrics } = ports;
  const live = new Map<string, Live & { call: Call }>();
  const callOfLeg = new Map<string, Live>();
  const keeper = createCallKeeper(ports.records, log);

  const track = (call: Call) => {
    let tail: Promise<unknown> = Promise.resolve();
    const one: Live & { call: Call } = {
      call,
      places: new Map(),
      inTurn(task) {
        const result = tail.then(task);
        tail = result.catch(() => undefined);
        return result;
      },
    };
    live.set(call.id, one);
    for (const leg of call.legs) callOfLeg.set(leg.id, one);
    return one;
  };
  /** Also of one that has just ended, which is a call no more. */
  const change = (one: Live, call: Call) => {
    if (call === one.call) return;
    Object.assign(one, { call });
    keeper.keep(call);
    ports.calls.changed(call);
  };
  const releaseLeg = (legId: string) => {
    if (ports.lines.keeps(legId)) {
      callOfLeg.delete(legId);
      return ports.lines.back(legId);
    }
    exchange.release(legId).catch((error: unknown) => {
      log.error({ err: error, leg: legId }, "a leg was not released");
    });
  };
  const dissolve = (bridgeId: string) => {
    exchange.dissolve(bridgeId).catch((error: unknown) => {
      log.error({ err: error, bridge: bridgeId }, "a bridge was not dissolved");
    });
  };
  for (const call of found) track(call);

  return {
    get: (callId) => live.get(callId),
    ofLeg: (legId) => callOfLeg.get(legId),
    all: () => [...live.values()],
    begin(call) {
      if (live.has(call.id)) throw new Error(`call ${call.id} exists already`);
      const one = track(call);
      metrics.callStarted();
      keeper.keep(call);
      return one;
    },
    update(one, call) {
      for (const leg of call.legs) if (isLive(leg)) callOfLeg.set(leg.id, one);
      change(one, call);
    },
    end(one, party, reason, gone) {
      const { call } = one;
      if (!live.delete(call.id)) return;
      for (const leg of call.legs) callOfLeg.delete(leg.id);
      const talked = call.joinedMs !== undefined && !isCutOff(reason);
      metrics.callEnded(talked ? "completed" : reason);
      log.info({ call: call.id, state: call.state, party, reason }, "call ended");
      change(one, ended(call, party, reason, clock.nowMs()));
      for (const leg of call.legs) if (isLive(leg) && leg.id !== gone) releaseLeg(leg.id);
      if (legOf(call, "agent") && legOf(call, "visitor")) dissolve(bridgeIdOf(call.id));
    },
    releaseLeg,
    dissolve,
    kept: () => keeper.kept(),
  };
}

/** The bridge in which those talk who have joined the call. */
export function bridgeIdOf(callId: string): string {
  return `${callId}.bridge`;
}
