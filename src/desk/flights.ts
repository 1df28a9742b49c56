/** The numbers that are being dialled before there are agents for them, and the people who have answered and wait for one. */
import type { Clock, Timer } from "../model/clock.ts";
import type { Interaction } from "../model/interaction.ts";
import type { Listed } from "./dial-list.ts";
import type { Pacing } from "./ports.ts";

export interface Flight {
  readonly callId: string;
  /** Who is called; of a callback the contact that it becomes when an agent has it. */
  readonly one: Listed;
  readonly interaction: Interaction;
  /** By whose limit it is dialled. */
  readonly pacing: Pacing;
  readonly startedMs: number;
  /** `settled`: an agent has him, or he is told that nobody is free, or it is given up. */
  state: "ringing" | "waiting" | "settled";
  timer?: Timer;
}

export interface Flights extends Disposable {
  add(flight: Omit<Flight, "startedMs" | "state">): void;
  get(callId: string): Flight | undefined;
  /** Whether a contact or callback, by its id, is being called. */
  has(id: string): boolean;
  /** Those of a firm in a state, first dialled first. */
  of(firm: string, state: Flight["state"]): Flight[];
  settle(flight: Flight): void;
  /** Its call has ended. */
  landed(flight: Flight): void;
}

export function createFlights(clock: Clock): Flights {
  const flights = new Map<string, Flight>();
  return {
    add(flight) {
      flights.set(flight.callId, { ...flight, startedMs: clock.steadyMs(), state: "ringing" });
    },
    get: (callId) => flights.get(callId),
    has: (id) => [...flights.values()].some(({ one }) => one.id === id),
    of: (firm, state) =>
      [...flights.values()].filter((f) => f.interaction.firm === firm && f.state === state),
    settle(flight) {
      flight.timer?.[Symbol.dispose]();
      flight.state = "settled";
    },
    landed({ callId, timer }) {
      timer?.[Symbol.dispose]();
      flights.delete(callId);
    },
    [Symbol.dispose]() {
      for (const { timer } of flights.values()) timer?.[Symbol.dispose]();
    },
  };
}
