import { firstVisits } from "./ask.ts";
import type { Candidate, Stand } from "./candidate.ts";
import { cpuTime } from "./cpu.ts";
import { openLoad } from "./load.ts";
import { median, type Plan } from "./rounds.ts";
import { headOf, type Work } from "./work.ts";

/** As many as make the kernel's shuffle of connections among the workers even. */
const CONNECTIONS = 256;

/**
 * How many times one worker's load two workers carry when each has a core: they are full when the busier one is. From CPU time,
 * so that it can be told on a machine without cores to spare; two have twice the rate, so that a worker is as busy beside
 * another as it is alone (a worker with little to do spends more of its time on waking up).
 */
export async function twoWorkersCarry(
  one: Candidate,
  two: Candidate,
  work: Work,
  rate: number,
  { rounds, seconds }: Plan,
  stand: Stand,
): Promise<number> {
  const carried: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const busiestUs: number[] = [];
    for (const [workers, candidate] of [one, two].entries()) {
      const cookies = await firstVisits(candidate, work, CONNECTIONS);
      const heads = cookies.map((cookie) => headOf(work, cookie));
      const time = () => candidate.pids.map((pid) => cpuTime([pid]).totalUs);
      const before = time();
      const { requests } = await openLoad(
        candidate,
        heads,
        { rate: rate * (workers + 1), seconds },
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
