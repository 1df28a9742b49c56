import { readFileSync } from "node:fs";

/**
 * How long this thread was ready to run and other programs had the core, by the system's own account, second by second: on a machine
 * that is not ours alone, what is late by the wall clock is late by that, too.
 */
export interface Waits {
  /** Waited between the two, ms, as far as it was looked at about then. */
  between(fromMs: number, toMs: number): number;
  /** Looks now. */
  look(nowMs: number): void;
}

export function createWaits(): Waits {
  const times: number[] = [];
  const waits: number[] = [];
  const at = (ms: number) => {
    let [low, high] = [0, times.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (times[middle]! <= ms) low = middle;
      else high = middle - 1;
    }
    return waits[low] ?? 0;
  };
  return {
    between: (fromMs, toMs) => at(toMs) - at(fromMs),
    look(nowMs) {
      if (times.at(-1) === nowMs) return;
      const [, waitedNs = "0"] = readFileSync("/proc/thread-self/schedstat", "utf8").split(" ");
      times.push(nowMs);
      waits.push(Number(waitedNs) / 1e6);
    },
  };
}
