/** What an agent does with a call he has: hold, consult, conference, transfer. */
import { type CallState, type Destination, type Leg, legOf } from "../model/call.ts";
import { type CallProgress, reasonOf } from "./call-progress.ts";
import { isLive, isThere, legEnded } from "./call-steps.ts";
import type { Live, LiveCalls } from "./live-calls.ts";
import type { Switch } from "./switch.ts";

/** A third to be consulted. `agent`: the log-in name, when it is an agent of ours. */
export interface ThirdParty {
  readonly to: Destination;
  readonly agent?: string;
}

/** What became of an agent's order. `too_late`: the call is in another state by now; `cannot`: the exchange never can. */
export type Done = "done" | "too_late" | "switch_down" | "failed" | "cannot";

export interface CallOrders {
  /** An order makes sense in some states only; what was done halfway is put right. */
  readonly order: (
    callId: string,
    states: readonly CallState[],
    what: (one: Live) => Promise<void>,
  ) => Promise<Done>;
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
}

export function createCallOrders(ports: {
  readonly exchange: Switch;
  readonly live: LiveCalls;
  readonly progress: CallProgress;
}): CallOrders {
  const { exchange, live, progress } = ports;

  async function order(
    callId: string,
    states: readonly CallState[],
    what: (one: Live) => Promise<void>,
  ): Promise<Done> {
    const one = live.get(callId);
    if (!one) return "too_late";
    return one.inTurn(async () => {
      if (!states.includes(one.call.state)) return "too_late";
      try {
        await what(one);
        return "done";
      } catch (error) {
        if (reasonOf(error) === "switch_down") return "switch_down";
        // What was done halfway is put right.
        one.places.clear();
        progress.proceed(one);
        return "failed";
      }
    });
  }

  const thirdIs = (one: Live, test: (leg: Leg | undefined) => boolean) =>
    test(legOf(one.call, "third"));

  return {
    order,
    hold: (callId) => order(callId, ["joined"], (one) => progress.enter(one, "held")),
    resume: (callId) =>
      order(callId, ["held", "consulting", "conference"], async (one) => {
        const third = legOf(one.call, "third");
        if (isLive(third)) {
          live.releaseLeg(third.id);
          live.update(one, legEnded(one.call, third.id, "released"));
        }
        await progress.enter(one, "joined");
      }),
    consult: (callId, { to, agent }) =>
      order(callId, ["joined", "held"], (one) =>
        progress.dial(one, "consulting", {
          party: "third",
          to,
          ...(agent !== undefined && { agent }),
        }),
      ),
    async conference(callId) {
      const one = live.get(callId);
      if (!one || !thirdIs(one, isThere)) return "too_late";
      if (!exchange.abilities.has("conference")) return "cannot";
      return order(callId, ["consulting"], () => progress.enter(one, "conference"));
    },
    transfer: (callId, third) =>
      order(callId, third ? ["joined", "held"] : ["consulting", "conference"], async (one) => {
        if (!third && thirdIs(one, isThere)) return progress.handOver(one);
        const agent = legOf(one.call, "agent");
        if (agent) live.update(one, legEnded(one.call, agent.id, "released"));
        if (!third) await progress.enter(one, "transferring");
        else await progress.dial(one, "transferring", { party: "third", ...third });
        if (agent) live.releaseLeg(agent.id);
      }),
    sendDigits: (callId, digits) =>
      order(callId, ["joined", "conference"], async (one) => {
        const visitor = legOf(one.call, "visitor");
        if (visitor) await exchange.sendDigits(visitor.id, digits);
      }),
  };
}
