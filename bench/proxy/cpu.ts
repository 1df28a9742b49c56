/** What Linux knows of processes. */
import { readdirSync, readFileSync } from "node:fs";

export interface CpuTime {
  readonly totalUs: number;
  /** In the kernel; to 10 ms. */
  readonly systemUs: number;
}

/** Microseconds of CPU time that processes have used so far, with all their threads (proc(5), sched-stats.txt). */
export function cpuTime(pids: readonly number[]): CpuTime {
  let [totalUs, systemUs] = [0, 0];
  for (const pid of pids) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const [ns] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
      totalUs += Number(ns) / 1000;
    }
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [ticks] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(12);
    systemUs += Number(ticks) * 10_000;
  }
  return { totalUs, systemUs };
}

/** Resident memory of processes in MiB; what they share counts once (proportional set size). */
export function memoryMiB(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return sum + Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]) / 1024;
  }, 0);
}
