/** A running timer. Disposing it twice, or after it has fired, does nothing. */
export interface Timer extends Disposable {}

/** Time as the modules see it, so that tests can set it instead of sleeping. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. May jump: the machine's clock can be set. */
  nowMs(): number;
  /** Milliseconds that only pass: no setting of the clock changes them. Comparable within one process only. */
  steadyMs(): number;
  /** Calls back once, not before `delayMs` milliseconds have passed. Does not keep the process alive. */
  after(delayMs: number, callback: () => void): Timer;
}

/** Node fires longer ones at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  steadyMs: () => Math.floor(performance.now()),
  after(delayMs, callback) {
    const dueMs = performance.now() + delayMs;
    let timer = setTimeout(fire, timeoutOf(delayMs)).unref();
    // Node counts in whole milliseconds, and may be one early.
    function fire(): void {
      const leftMs = dueMs - performance.now();
      if (leftMs > 0) timer = setTimeout(fire, timeoutOf(leftMs)).unref();
      else callback();
    }
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

const timeoutOf = (ms: number) => Math.min(Math.max(0, Math.ceil(ms)), LONGEST_TIMEOUT_MS);
