import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

/**
 * Runs the work in small turns, as hits come, and returns the most CPU time that this thread took between two passes through
 * the event loop, ms: timers, sweeps and garbage collection included, other programs of the machine not.
 */
export async function longestStallMs(
  times: number,
  perTurn: number,
  work: (i: number) => void,
  paceMs = 0,
): Promise<number> {
  let longestUs = 0;
  let before = process.threadCpuUsage();
  for (let i = 0; i < times;) {
    for (const end = Math.min(times, i + perTurn); i < end; i += 1) work(i);
    await (paceMs > 0 ? sleep(paceMs) : nextTurn());
    const now = process.threadCpuUsage();
    longestUs = Math.max(longestUs, now.user + now.system - before.user - before.system);
    before = now;
  }
  return longestUs / 1_000;
}
