import type { Clock, Timer } from "../model/clock.ts";

/** One timer that can be set to an earlier time. */
export interface Alarm extends Disposable {
  /** Rings at `atMs` of steady time, or earlier if it was already set so. */
  set(atMs: number): void;
}

export function createAlarm(clock: Clock, ring: () => void): Alarm {
  let timer: Timer | undefined;
  let setForMs = Infinity;
  return {
    set(atMs) {
      if (atMs >= setForMs) return;
      timer?.[Symbol.dispose]();
      setForMs = atMs;
      timer = clock.after(Math.max(0, atMs - clock.steadyMs()), () => {
        setForMs = Infinity;
        ring();
      });
    },
    [Symbol.dispose]() {
      timer?.[Symbol.dispose]();
      setForMs = -Infinity;
    },
  };
}
