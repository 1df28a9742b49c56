import { existsSync } from "node:fs";
import type { Candidate, Stand } from "./candidate.ts";
import { cpuTime, memoryMiB } from "./cpu.ts";
import { firstVisits } from "./ask.ts";
import { load } from "./load.ts";
import type { Work } from "./work.ts";

/** What one candidate did in one round, or the medians of its rounds. */
export interface Figures {
  /** Microseconds of CPU time for each request: the candidate's, and that of what runs beside. */
  readonly cpuUs: number;
  readonly besideUs: number;
  /** Share of the candidate's time that was in the kernel, 0 to 1. */
  readonly system: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly memoryMiB: number;
  readonly errors: number;
}

export interface Plan {
  readonly rounds: number;
  readonly seconds: number;
}

/** Of a visitor: browsers open up to six to a host. */
const CONNECTIONS_EACH = 4;

/** Code that is compiled as it runs needs some time; rounds that do not count last so many times as long. */
const WARM_UP = 3;

/** Measures the candidates in turns, each round in another order, after one long round that does not count; medians. */
export async function inRounds(
  candidates: readonly Candidate[],
  work: Work,
  plan: Plan,
  stand: Stand,
): Promise<Map<Candidate, Figures>> {
  const figures = new Map(candidates.map((candidate) => [candidate, [] as Figures[]]));
  for (let round = 0; round <= plan.rounds; round++) {
    const order = [
      ...candidates.slice(round % candidates.length),
      ...candidates.slice(0, round % candidates.length),
    ];
    for (const candidate of order) {
      const seconds = round === 0 ? plan.seconds * WARM_UP : plan.seconds;
      const found = await measure(candidate, work, seconds, stand).catch((error: unknown) => {
        const ended = candidate.pids.filter((pid) => !existsSync(`/proc/${pid}`));
        const what = `${candidate.name}, ${work.title}, round ${round}, ended: ${ended.length}`;
        throw new Error(what, { cause: error });
      });
      if (round > 0) figures.get(candidate)?.push(found);
    }
  }
  return new Map([...figures].map(([candidate, all]) => [candidate, medians(all)]));
}

async function measure(
  candidate: Candidate,
  work: Work,
  seconds: number,
  stand: Stand,
): Promise<Figures> {
  const cookies = await firstVisits(candidate, work, work.connections / CONNECTIONS_EACH);
  const { pids, beside = [] } = candidate;
  const [before, besideBefore] = [cpuTime(pids), cpuTime(beside)];
  const done = await load(candidate, work, cookies, seconds, stand);
  const [after, besideAfter] = [cpuTime(pids), cpuTime(beside)];
  const totalUs = after.totalUs - before.totalUs;
  return {
    cpuUs: totalUs / done.requests,
    besideUs: (besideAfter.totalUs - besideBefore.totalUs) / done.requests,
    system: (after.systemUs - before.systemUs) / totalUs,
    perSecond: done.requests / done.seconds,
    p50Ms: done.p50Ms,
    p99Ms: done.p99Ms,
    memoryMiB: memoryMiB(pids),
    errors: done.errors,
  };
}

function medians(all: readonly Figures[]): Figures {
  const of = (key: keyof Figures) => median(all.map((figures) => figures[key]));
  return {
    cpuUs: of("cpuUs"),
    besideUs: of("besideUs"),
    system: of("system"),
    perSecond: of("perSecond"),
    p50Ms: of("p50Ms"),
    p99Ms: of("p99Ms"),
    memoryMiB: of("memoryMiB"),
    errors: all.reduce((sum, { errors }) => sum + errors, 0),
  };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
