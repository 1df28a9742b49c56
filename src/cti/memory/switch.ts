import type { Destination, LegEnd } from "../../model/call.ts";
import type { Clock, Timer } from "../../model/clock.ts";
import {
  ALL_ABILITIES,
  type Origination,
  type Sound,
  type Switch,
  SwitchError,
  type SwitchEvent,
} from "../switch.ts";

/** An exchange that exists in memory only: nobody hears anything, but every state is as with a real one. */
export interface MemorySwitch extends Switch, AsyncDisposable {
  /** The legs, or the sound, that a leg hears. */
  hears(legId: string): string[];
  /** Legs and bridges that exist. */
  leftOver(): string[];
  /** Somebody lifts the receiver of a telephone: a call comes in. Gives its leg. */
  lift(telephone: string): string;
  /** A party puts the receiver down. */
  hangUp(legId: string): void;
  /** The connection breaks, or is made again. */
  connected(up: boolean): void;
}

interface MemoryLeg {
  answered: boolean;
  sound?: Sound | undefined;
  readonly timers: Timer[];
}

const TALKS_BRIEFLY_MS = 2_000;
const ANNOUNCEMENT_MS = 1_000;

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
  let up = true;
  let lifted = 0;
  let unheard: SwitchEvent[] = [];
  const tellUp = () =>
    listener({ type: "up", legs: [...legs.keys()], bridges: [...bridges.keys()] });
  const start = clock.after(0, tellUp);

  function tell(event: SwitchEvent): void {
    if (up) listener(event);
    else unheard.push(event);
  }

  /** Nothing can be ordered of an exchange that is away. */
  function reached(): void {
    if (!up) throw new SwitchError("WL_SWITCH_DOWN", "the exchange cannot be reached");
  }

  function answeredLeg(legId: string): MemoryLeg {
    const leg = legs.get(legId);
    if (leg?.answered) return leg;
    throw new SwitchError("WL_SWITCH_NO_SUCH_LEG", `${legId} is not there`);
  }

  function leaveBridges(legId: string): void {
    for (const members of bridges.values()) members.delete(legId);
  }

  function end(legId: string, reason: LegEnd): void {
    const leg = legs.get(legId);
    if (!leg) return;
    for (const timer of leg.timers) timer[Symbol.dispose]();
    legs.delete(legId);
    leaveBridges(legId);
    tell({ type: "ended", legId, end: reason });
  }

  function answer(legId: string, leg: MemoryLeg, digits: string): void {
    leg.answered = true;
    tell({ type: "answered", legId });
    if (digits !== "002" || !legs.has(legId)) return;
    leg.timers.push(clock.after(TALKS_BRIEFLY_MS, () => end(legId, "hung_up")));
  }

  function ring({ legId, to, ringTimeoutMs }: Origination): void {
    const leg: MemoryLeg = { answered: false, timers: [] };
    legs.set(legId, leg);
    const digits = calledName(to).slice(-3);
    const ending = endings[digits];
    const at = (ms: number, what: () => void) => leg.timers.push(clock.after(ms, what));
    if (!ending || ending.rings) at(0, () => tell({ type: "ringing", legId }));
    if (ending) at(options.answerAfterMs, () => end(legId, ending.end));
    else if (digits === "408" || options.answerAfterMs >= ringTimeoutMs) {
      at(ringTimeoutMs, () => end(legId, "no_answer"));
    } else at(options.answerAfterMs, () => answer(legId, leg, digits));
  }

  return {
    abilities: ALL_ABILITIES,
    async originate(order) {
      reached();
      if (legs.has(order.legId)) throw new SwitchError("WL_SWITCH_REFUSED", "the leg exists");
      ring(order);
    },
    async answer(legId) {
      reached();
      const leg = legs.get(legId);
      if (!leg) throw new SwitchError("WL_SWITCH_NO_SUCH_LEG", `${legId} is not there`);
      if (!leg.answered) leg.timers.push(clock.after(0, () => answer(legId, leg, "")));
    },
    async join(bridgeId, legIds) {
      reached();
      for (const legId of legIds) answeredLeg(legId).sound = undefined;
      const members = bridges.get(bridgeId) ?? new Set();
      bridges.set(bridgeId, members);
      for (const legId of legIds) members.add(legId);
    },
    async play(legId, sound) {
      reached();
      const leg = answeredLeg(legId);
      leaveBridges(legId);
      leg.sound = sound;
      if (sound !== "refusal" && sound !== "nobody_free") return;
      leg.timers.push(clock.after(ANNOUNCEMENT_MS, () => tell({ type: "played", legId })));
    },
    async sendDigits(legId) {
      reached();
      answeredLeg(legId);
    },
    // What is ended while the exchange is away ends when it is back; here that comes to the same.
    async release(legId) {
      end(legId, "released");
    },
    async dissolve(bridgeId) {
      bridges.delete(bridgeId);
    },
    hears(legId) {
      const { sound } = legs.get(legId) ?? {};
      if (sound) return [sound];
      return [...bridges.values()]
        .filter((members) => members.has(legId))
        .flatMap((members) => [...members].filter((other) => other !== legId));
    },
    leftOver: () => [...legs.keys(), ...bridges.keys()],
    lift(telephone) {
      const legId = `in.${++lifted}`;
      legs.set(legId, { answered: false, timers: [] });
      tell({ type: "offered", legId, from: telephone });
      return legId;
    },
    hangUp: (legId) => end(legId, "hung_up"),
    connected(now) {
      if (now === up) return;
      up = now;
      if (!now) return listener({ type: "down" });
      // As with a real one: who is gone is told first, then what there is, then what has become of it.
      const missed = unheard;
      unheard = [];
      for (const event of missed) {
        if (event.type === "ended") listener({ ...event, end: "unseen" });
      }
      tellUp();
      for (const event of missed) if (event.type !== "ended") listener(event);
    },
    async [Symbol.asyncDispose]() {
      start[Symbol.dispose]();
      for (const leg of legs.values()) for (const timer of leg.timers) timer[Symbol.dispose]();
      legs.clear();
      bridges.clear();
    },
  };
}

function calledName(to: Destination): string {
  if (to.kind === "agent") return to.telephone;
  return to.kind === "public" ? to.number : to.line;
}
