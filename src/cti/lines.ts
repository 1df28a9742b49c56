/**
 * The warm line (patent, Fig. 3 [0035-0039]): an agent lifts the receiver and dials nothing, the exchange calls us, and the
 * number of his telephone says who he is. His desk is asked whom to call; meanwhile he hears ringing.
 */
import type { Clock, Timer } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import type { LineObserver } from "./ports.ts";
import { type Switch, SwitchError, type SwitchEvent } from "./switch.ts";

export interface Lines extends Disposable {
  /** News of a leg that no call has. */
  heard(event: Extract<SwitchEvent, { legId: string }>): void;
  /** Of legs that no call has: those that are no lines either. */
  found(legIds: readonly string[]): string[];
  /** The line is a call's from now on. */
  taken(lineId: string): void;
  release(lineId: string): void;
}

/** So long an agent may look for a number. */
const WAIT_MS = 120_000;

export function createLines(ports: {
  readonly clock: Clock;
  readonly exchange: Switch;
  readonly log: Log;
  readonly observer: LineObserver;
}): Lines {
  const { clock, exchange, log, observer } = ports;
  /** The telephones of those that are being answered; none of those that were not meant for the warm line. */
  const coming = new Map<string, string | undefined>();
  /** Those that wait, with the time they may; without one they are being turned away. */
  const lines = new Map<string, Timer | undefined>();

  const attempt = (what: string, orders: () => Promise<void>) => {
    orders().catch((error: unknown) => {
      // Whoever hung up meanwhile, or is cut off, needs nothing more.
      if (!(error instanceof SwitchError)) throw error;
      log.warn({ code: error.code }, what);
    });
  };
  const release = (lineId: string) => {
    attempt("a line was not released", () => exchange.release(lineId));
  };
  const forget = (lineId: string) => {
    const timer = lines.get(lineId);
    timer?.[Symbol.dispose]();
    lines.delete(lineId);
    return timer !== undefined;
  };
  const answered = (lineId: string, telephone: string | undefined) => {
    coming.delete(lineId);
    const welcome = telephone !== undefined && observer.lifted(lineId, telephone);
    if (telephone !== undefined) log.info({ welcome }, "a receiver was lifted on the warm line");
    else log.warn({ leg: lineId }, "a call came in that is not for the warm line; it is refused");
    lines.set(lineId, welcome ? clock.after(WAIT_MS, () => release(lineId)) : undefined);
    attempt("a line hears nothing", () => exchange.play(lineId, welcome ? "ringing" : "refusal"));
  };

  return {
    heard(event) {
      const { type, legId } = event;
      if (type === "offered" || type === "misdialled") {
        coming.set(legId, type === "offered" ? event.from : undefined);
        attempt("a line was not answered", () => exchange.answer(legId));
      } else if (type === "answered" && coming.has(legId)) answered(legId, coming.get(legId));
      else if (type === "ended") {
        coming.delete(legId);
        if (forget(legId)) observer.dropped(legId);
      } else if (type === "played" && lines.has(legId)) release(legId);
    },
    found(legIds) {
      const there = new Set(legIds);
      for (const lineId of coming.keys()) if (!there.has(lineId)) coming.delete(lineId);
      for (const lineId of lines.keys()) {
        if (!there.has(lineId) && forget(lineId)) observer.dropped(lineId);
      }
      return legIds.filter((legId) => !lines.has(legId) && !coming.has(legId));
    },
    taken: (lineId) => void forget(lineId),
    release(lineId) {
      if (lines.has(lineId)) release(lineId);
    },
    [Symbol.dispose]() {
      for (const lineId of [...coming.keys(), ...lines.keys()]) {
        forget(lineId);
        release(lineId);
      }
    },
  };
}
