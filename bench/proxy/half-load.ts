import { firstVisits } from "./ask.ts";
import type { Candidate, Stand } from "./candidate.ts";
import { openLoad } from "./load.ts";
import type { OpenLoad } from "./open-loop.ts";
import { inRounds, median, type Plan } from "./rounds.ts";
import { headOf, type Work } from "./work.ts";

/**
 * Requests per second that fill one core: how many of its CPU times a second has. This does not depend on who else uses the
 * machine, as the rate of a closed loop would.
 */
export async function saturation(
  candidates: readonly Candidate[],
  work: Work,
  plan: Plan,
  stand: Stand,
): Promise<Map<Candidate, number>> {
  const figures = await inRounds(candidates, work, plan, stand);
  return new Map([...figures].map(([candidate, { cpuUs }]) => [candidate, 1e6 / cpuUs]));
}

/** Latency of each candidate at half of its own saturation, in interleaved rounds of open load; medians. */
export async function atHalfLoad(
  saturations: ReadonlyMap<Candidate, number>,
  work: Work,
  { rounds, seconds }: Plan,
  stand: Stand,
): Promise<Map<Candidate, OpenLoad>> {
  const all = new Map([...saturations.keys()].map((candidate) => [candidate, [] as OpenLoad[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [candidate, most] of saturations) {
      const cookies = await firstVisits(candidate, work, work.connections);
      const heads = cookies.map((cookie) => headOf(work, cookie));
      const done = await openLoad(candidate, heads, { rate: most / 2, seconds }, stand);
      all.get(candidate)?.push(done);
    }
  }
  return new Map([...all].map(([candidate, loads]) => [candidate, medians(loads)]));
}

function medians(loads: readonly OpenLoad[]): OpenLoad {
  const of = (key: keyof OpenLoad) => median(loads.map((load) => load[key]));
  const errors = loads.reduce((sum, load) => sum + load.errors, 0);
  return { requests: of("requests"), p50Ms: of("p50Ms"), p99Ms: of("p99Ms"), errors };
}
