import { spawnSync } from "node:child_process";
import { firstVisits } from "./ask.ts";
import { type Candidate, onLoadsCore, type Stand } from "./candidate.ts";
import { cpuTime } from "./cpu.ts";
import { openLoad } from "./load.ts";
import { median, type Plan } from "./rounds.ts";
import { headOf, type Work } from "./work.ts";

/** As many as make the kernel's shuffle of connections among the workers even. */
const CONNECTIONS = 256;

/**
 * How many times one worker's load two workers carry when each has a core: they are full when the busier one is. From CPU time,
 * so that it can be told on a machine without cores to spare: each worker has a core, the second one's is the load's, too.
 *
 * @param times how many times the rate two have. At the same rate each has half as much to do, and spends more of its time on waking
 *   up than full ones do; at twice the rate requests come in denser bursts than one worker gets. What is true lies between.
 */
export async function twoWorkersCarry(
  one: Candidate,
  two: Candidate,
  work: Work,
  rate: number,
  times: 1 | 2,
  { rounds, seconds }: Plan,
  stand: Stand,
): Promise<number> {
  for (const [core, pid] of two.pids.entries()) {
    const [taskset = ""] = onLoadsCore;
    spawnSync(taskset, ["-a", "-c", "-p", String(core), String(pid)]);
  }
  const carried: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const busiestUs: number[] = [];
    for (const candidate of [one, two]) {
      const cookies = await firstVisits(candidate, work, CONNECTIONS);
      const heads = cookies.map((cookie) => headOf(work, cookie));
      const time = () => candidate.pids.map((pid) => cpuTime([pid]).totalUs);
      const before = time();
      const { requests } = await openLoad(
        candidate,
        heads,
        { rate: candidate === two ? rate * times : rate, seconds },
        stand,
      );
      const used = time().map((us, i) => us - (before[i] ?? 0));
      busiestUs.push(Math.max(...used) / requests);
    }
    const [alone = Number.NaN, busier = Number.NaN] = busiestUs;
    carried.push(alone / busier);
  }
  return median(carried);
}
