/** What is next for a call, done at the exchange: who is dialled, who is joined, who hears what. */
import { type Call, type CallState, callTransitions, type Leg, legOf } from "../model/call.ts";
import type { Clock } from "../model/clock.ts";
import { mayMove } from "../model/transition.ts";
import { dialled, entered, handedOver, isLive, isThere, legEnded, placesOf } from "./call-steps.ts";
import { bridgeIdOf, type Live, type LiveCalls } from "./live-calls.ts";
import { type Switch, SwitchError } from "./switch.ts";

export interface CallProgress {
  /** Does what is next for a call, if anything is: safe to ask again. */
  proceed(one: Live): void;
  /** Brings the call into a state, at the exchange first. */
  enter(one: Live, state: CallState): Promise<void>;
  /** Dials one more leg, and brings the call into the state that goes with it. */
  dial(one: Live, state: CallState, party: Pick<Leg, "party" | "to" | "agent">): Promise<void>;
  /** Dials a leg that the call has. */
  originate(one: Live, leg: Leg): void;
  /** A third who is there has the call from now on. */
  handOver(one: Live): Promise<void>;
  /**
   * Joins who waits with an agent, by a leg that is there.
   *
   * @throws {SwitchError} also when the agent has hung up; the visitor still waits then
   */
  joinAgent(one: Live, leg: Leg): Promise<void>;
}

export interface CallProgressOptions {
  /** Anybody's telephone rings at most so long, ms. */
  readonly ringTimeoutMs: number;
  /** What a visitor of the site sees as the caller. */
  caller(site: string): { readonly number: string; readonly name: string };
}

/** @param legGone is told that a leg could not be dialled */
export function createCallProgress(
  options: CallProgressOptions,
  ports: {
    readonly clock: Clock;
    readonly exchange: Switch;
    readonly live: LiveCalls;
    legGone(one: Live, legId: string, reason: ReturnType<typeof reasonOf>): void;
  },
): CallProgress {
  const { clock, exchange, live } = ports;
  const mixes = exchange.abilities.has("conference");

  function proceed(one: Live): void {
    void one.inTurn(async () => {
      try {
        await next(one);
      } catch (error) {
        // An exchange that is away is asked again when it is back.
        if (reasonOf(error) !== "switch_down") live.end(one, "visitor", reasonOf(error));
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
      case "dialling":
        return isThere(visitor) ? enter(one, "waiting") : undefined;
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
      case "waiting":
      case "announcing":
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
    live.update(one, handedOver(one.call, clock.nowMs()));
    if (isLive(agent)) live.releaseLeg(agent.id);
  }

  async function joinAgent(one: Live, leg: Leg): Promise<void> {
    live.update(one, { ...one.call, legs: [...one.call.legs, leg] });
    const agentIsThere = () => isThere(legOf(one.call, "agent"));
    try {
      await arrange(one, entered(one.call, "joined", clock.nowMs()));
      // Somebody may have hung up meanwhile.
      if (one.call.state === "ended") return;
      if (!agentIsThere()) throw new SwitchError("WL_SWITCH_NO_SUCH_LEG", "the agent has hung up");
    } catch (error) {
      if (one.call.state !== "ended" && agentIsThere()) {
        live.update(one, legEnded(one.call, leg.id, "released"));
        live.releaseLeg(leg.id);
      }
      throw error;
    }
    live.update(one, entered(one.call, "joined", clock.nowMs()));
  }

  async function enter(one: Live, state: CallState): Promise<void> {
    await arrange(one, entered(one.call, state, clock.nowMs()));
    // Somebody may have hung up meanwhile.
    const { call } = one;
    if (call.state === state || mayMove(callTransitions, call.state, state)) {
      live.update(one, entered(call, state, clock.nowMs()));
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
    if (one.call.state === "ended") live.dissolve(bridgeIdOf(call.id));
  }

  async function dial(
    one: Live,
    state: CallState,
    party: Pick<Leg, "party" | "to" | "agent">,
  ): Promise<void> {
    const call = entered(dialled(one.call, party), state, clock.nowMs());
    const leg = call.legs.at(-1);
    if (!leg) return;
    live.update(one, call);
    originate(one, leg);
    await arrange(one, one.call);
  }

  function originate(one: Live, { id: legId, to }: Leg): void {
    const caller = options.caller(one.call.site);
    const from = to.kind === "public" ? caller : { number: one.call.number, name: caller.name };
    const video = one.call.line !== undefined;
    exchange
      .originate({ legId, to, from, video, ringTimeoutMs: options.ringTimeoutMs })
      .catch((error: unknown) => ports.legGone(one, legId, reasonOf(error)));
  }

  return { proceed, enter, dial, originate, handOver, joinAgent };
}

/** What an order that the exchange did not take means for the call. */
export function reasonOf(error: unknown): "switch_down" | "network_trouble" {
  if (!(error instanceof SwitchError)) throw error;
  return error.code === "WL_SWITCH_DOWN" ? "switch_down" : "network_trouble";
}
