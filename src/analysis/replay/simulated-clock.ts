import type { Clock, Timer } from "../../model/clock.ts";

interface Waiting {
  readonly atMs: number;
  callback: (() => void) | undefined;
}

/** Time as it passed when a log was written: it goes on when it is told to. Timers fire in the order of their times. */
export class SimulatedClock implements Clock {
  #nowMs: number;
  /** By time; most new ones come last. */
  readonly #waiting: Waiting[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  steadyMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    const timer: Waiting = { atMs: this.#nowMs + Math.max(0, delayMs), callback };
    let i = this.#waiting.length;
    while (i > 0 && this.#waiting[i - 1]!.atMs > timer.atMs) i -= 1;
    this.#waiting.splice(i, 0, timer);
    return { [Symbol.dispose]: () => void (timer.callback = undefined) };
  }

  /** Lets time pass up to `toMs`, and what falls due on the way happen; does not go back. */
  advance(toMs: number): void {
    for (let first = this.#waiting[0]; first && first.atMs <= toMs; first = this.#waiting[0]) {
      this.#waiting.shift();
      this.#nowMs = Math.max(this.#nowMs, first.atMs);
      first.callback?.();
    }
    this.#nowMs = Math.max(this.#nowMs, toMs);
  }
}
