/**
 * The warm line (patent, Fig. 3 [0035-0039]): an agent lifts the receiver and dials nothing, the exchange calls us, and the
 * number of his telephone says who he is. His desk is asked whom to call, while he hears ringing; or he is given calls as they
 * come, and the line stays his from one to the next.
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
  /** The line is a call's from now on. Whether it is there. */
  taken(lineId: string): boolean;
  /** Whether the line, which a call has, is its agent's for as long as he keeps the receiver in his hand. */
  keeps(lineId: string): boolean;
  /** The line is no call's any more. */
  back(lineId: string): void;
  /** A line that a call had has ended. */
  gone(lineId: string): void;
  release(lineId: string): void;
}

interface Line {
  /** Absent while its caller is turned away. */
  readonly telephone?: string;
  /** Until when a number is waited for. */
  readonly timer?: Timer;
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
  const lines = new Map<string, Line>();
  /** The telephones of those that calls have, and that come back. */
  const kept = new Map<string, string>();

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
  /** Gives the line, unless its caller was being turned away. */
  const forget = (lineId: string) => {
    const line = lines.get(lineId);
    line?.timer?.[Symbol.dispose]();
    lines.delete(lineId);
    return line?.telephone === undefined ? undefined : line;
  };
  const answered = (lineId: string, telephone: string | undefined) => {
    coming.delete(lineId);
    if (telephone === undefined) {
      log.warn({ leg: lineId }, "a call came in that is not for the warm line; it is refused");
      return turnAway(lineId);
    }
    const lifted = observer.lifted(lineId, telephone);
    log.info({ lifted }, "a receiver was lifted on the warm line");
    if (lifted === "refused") return turnAway(lineId);
    if (lifted === "waits") return void lines.set(lineId, { telephone });
    lines.set(lineId, { telephone, timer: clock.after(WAIT_MS, () => release(lineId)) });
    attempt("a line hears nothing", () => exchange.play(lineId, "ringing"));
  };
  const turnAway = (lineId: string) => {
    lines.set(lineId, {});
    attempt("a line hears nothing", () => exchange.play(lineId, "refusal"));
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
    taken(lineId) {
      const line = forget(lineId);
      if (line?.telephone !== undefined && !line.timer) kept.set(lineId, line.telephone);
      return line !== undefined;
    },
    keeps: (lineId) => kept.has(lineId),
    back(lineId) {
      const telephone = kept.get(lineId);
      kept.delete(lineId);
      if (telephone === undefined) return;
      const lifted = observer.lifted(lineId, telephone);
      lines.set(lineId, lifted === "refused" ? {} : { telephone });
      if (lifted !== "waits") release(lineId);
    },
    gone: (lineId) => void kept.delete(lineId),
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
