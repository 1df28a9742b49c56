import type { LegEnd } from "../../model/call.ts";
import type { Clock, Timer } from "../../model/clock.ts";
import { type Origination, type Switch, SwitchError, type SwitchEvent } from "../switch.ts";

/** An exchange that exists in memory only: nobody hears anything, but every state is as with a real one. */
export interface MemorySwitch extends Switch, AsyncDisposable {
  /** The legs that a leg hears. */
  hears(legId: string): string[];
  /** Legs and bridges that exist. */
  leftOver(): string[];
}

interface MemoryLeg {
  readonly order: Origination;
  answered: boolean;
  timers: Timer[];
}

const TALKS_BRIEFLY_MS = 2_000;

/** What the called party does, by the last three digits of the number; SIP's own numbers, where there is one. */
const endings: Readonly<Record<string, { readonly end: LegEnd; readonly rings: boolean }>> = {
  "486": { end: "busy", rings: false },
  "603": { end: "refused", rings: true },
  "404": { end: "unknown_number", rings: false },
  "480": { end: "unreachable", rings: false },
  "503": { end: "network_trouble", rings: false },
};

/**
 * A pretended exchange, for the demo and for tests. Telephones ring at once and answer after `answerAfterMs`. The last
 * three digits of a number, or of an agent's telephone, choose otherwise: 486 busy, 603 refused, 404 unknown, 480
 * unreachable, 503 network trouble (all after the same time), 408 never answers, 002 hangs up 2 s after answering.
 */
export function createMemorySwitch(
  options: { readonly answerAfterMs: number },
  clock: Clock,
  listener: (event: SwitchEvent) => void,
): MemorySwitch {
  const legs = new Map<string, MemoryLeg>();
  const bridges = new Map<string, Set<string>>();
  const start = clock.after(0, () => listener({ type: "up", legs: [...legs.keys()] }));

  function end(legId: string, reason: LegEnd): void {
    const leg = legs.get(legId);
    if (!leg) return;
    for (const timer of leg.timers) timer[Symbol.dispose]();
    legs.delete(legId);
    for (const members of bridges.values()) members.delete(legId);
    listener({ type: "ended", legId, end: reason });
  }

  function answer(legId: string, leg: MemoryLeg, digits: string): void {
    leg.answered = true;
    listener({ type: "answered", legId });
    if (digits !== "002" || !legs.has(legId)) return;
    leg.timers.push(clock.after(TALKS_BRIEFLY_MS, () => end(legId, "hung_up")));
  }

  function ring(order: Origination): void {
    const leg: MemoryLeg = { order, answered: false, timers: [] };
    const { legId, to, ringTimeoutMs } = order;
    legs.set(legId, leg);
    const digits = (to.kind === "agent" ? to.telephone : to.number).slice(-3);
    const ending = endings[digits];
    const at = (ms: number, what: () => void) => leg.timers.push(clock.after(ms, what));
    if (!ending || ending.rings) at(0, () => listener({ type: "ringing", legId }));
    if (ending) at(options.answerAfterMs, () => end(legId, ending.end));
    else if (digits === "408" || options.answerAfterMs >= ringTimeoutMs) {
      at(ringTimeoutMs, () => end(legId, "no_answer"));
    } else at(options.answerAfterMs, () => answer(legId, leg, digits));
  }

  return {
    async originate(order) {
      if (legs.has(order.legId)) throw new SwitchError("WL_SWITCH_REFUSED", "the leg exists");
      ring(order);
    },
    async join(bridgeId, legIds) {
      if (bridges.has(bridgeId)) throw new SwitchError("WL_SWITCH_REFUSED", "the bridge exists");
      const missing = legIds.find((legId) => !legs.get(legId)?.answered);
      if (missing !== undefined) {
        throw new SwitchError("WL_SWITCH_NO_SUCH_LEG", `${missing} is not there to be joined`);
      }
      bridges.set(bridgeId, new Set(legIds));
    },
    async release(legId) {
      end(legId, "released");
    },
    async dissolve(bridgeId) {
      bridges.delete(bridgeId);
    },
    hears: (legId) =>
      [...bridges.values()]
        .filter((members) => members.has(legId))
        .flatMap((members) => [...members].filter((other) => other !== legId)),
    leftOver: () => [...legs.keys(), ...bridges.keys()],
    async [Symbol.asyncDispose]() {
      start[Symbol.dispose]();
      for (const leg of legs.values()) for (const timer of leg.timers) timer[Symbol.dispose]();
      legs.clear();
      bridges.clear();
    },
  };
}
