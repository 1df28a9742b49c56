import type { Clock, Timer } from "../src/model/clock.ts";

interface Waiting {
  atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. Timers fire in the order of their time, each at its own time. */
export class FakeClock implements Clock {
  #nowMs: number;
  #jumpedMs = 0;
  #order = 0;
  readonly #waiting = new Set<Waiting>();

  constructor(startMs = Date.UTC(2026, 0, 5, 10)) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  steadyMs(): number {
    return this.#nowMs - this.#jumpedMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    const timer: Waiting = {
      atMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#order++,
      callback,
    };
    this.#waiting.add(timer);
    return { [Symbol.dispose]: () => void this.#waiting.delete(timer) };
  }

  /** Moves time forward and fires what falls due on the way. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const next = [...this.#waiting]
        .filter((w) => w.atMs <= endMs)
        .sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
      if (!next) break;
      this.#waiting.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
    }
    this.#nowMs = endMs;
  }

  /** Sets the time as an operator would set the machine's clock: timers go by what was left of them. */
  jump(ms: number): void {
    this.#nowMs += ms;
    this.#jumpedMs += ms;
    for (const timer of this.#waiting) timer.atMs += ms;
  }

  /** How many timers are running: a test that ends with some has found a leak. */
  get timers(): number {
    return this.#waiting.size;
  }
}
