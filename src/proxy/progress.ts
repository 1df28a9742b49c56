import type { Clock } from "../model/clock.ts";

/** What is watched: a transfer that must not stand still. */
export interface Transfer {
  /** Any figure that changes whenever something has moved, such as a count of bytes. */
  readonly progress: () => number;
  /** How long it may stand still at this moment, in milliseconds. */
  readonly limitMs: () => number;
  /** Called once, when it has stood still for that long. */
  readonly stalled: () => void;
}

const CHECKS_PER_LIMIT = 4;

/**
 * Watches a transfer until it is disposed of. The figure is only looked at now and then, so that moving data costs nothing;
 * a stall is noticed between one and one and a quarter times the limit.
 */
export function watchProgress(clock: Clock, transfer: Transfer): Disposable {
  let seen = transfer.progress();
  let quietMs = 0;
  let timer = next();
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };

  function next() {
    const stepMs = transfer.limitMs() / CHECKS_PER_LIMIT;
    return clock.after(stepMs, () => check(stepMs));
  }
  function check(stepMs: number): void {
    const now = transfer.progress();
    quietMs = now === seen ? quietMs + stepMs : 0;
    seen = now;
    if (quietMs >= transfer.limitMs()) transfer.stalled();
    else timer = next();
  }
}
