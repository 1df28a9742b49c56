import { fault } from "./ask.ts";
import type { Candidate, Stand } from "./candidate.ts";
import { type Figures, inRounds, type Plan } from "./rounds.ts";
import { openStand, startPeers } from "./stand.ts";
import { startWarmline } from "./warmline.ts";
import { type Work, works } from "./work.ts";

const PLAN: Plan = { rounds: 5, seconds: 1 };

/** What one kind of work cost those that can do it, and why the others did not. */
interface Measured {
  readonly work: Work;
  readonly figures: ReadonlyMap<string, Figures | string>;
}

/** CPU time per request beside the peers that the machine has, with everything on that Warmline is there for. */
export async function dataPlane(): Promise<string> {
  await using stand = await openStand();
  await using warmline = await startWarmline("Warmline", stand);
  await using peers = await startPeers(stand);
  const candidates = [warmline, ...peers.list];
  const measured = await measureAll(candidates, works, PLAN, stand);
  const { counted, dropped } = await warmline.hits();
  return [
    `CPU time of the proxy for each request, or message there and back; one worker each on a core of its own, closed loop of wrk, h2load and our own WebSocket load; medians of ${PLAN.rounds} interleaved rounds of ${PLAN.seconds} s; × is the ratio to nginx with its access log.`,
    `Warmline had tracking, cookie, access log and engine on; its visitors had cookies from a first visit. Load, origin and engine shared the other core, so that ${percent(dropped / counted)} of ${counted} hits were dropped before the engine.`,
    "",
    ...summary(measured, candidates),
    "",
    ...details(measured),
    "",
  ].join("\n");
}

/** Each candidate must have shown that it does the work before it is measured. */
export async function measureAll(
  candidates: readonly Candidate[],
  list: readonly Work[],
  plan: Plan,
  stand: Stand,
): Promise<Measured[]> {
  const all: Measured[] = [];
  for (const work of list) {
    const figures = new Map<string, Figures | string>();
    const able: Candidate[] = [];
    for (const candidate of candidates) {
      const why = await fault(candidate, work);
      if (why === undefined) able.push(candidate);
      else figures.set(candidate.name, why);
    }
    for (const [{ name }, found] of await inRounds(able, work, plan, stand)) {
      figures.set(name, found);
    }
    all.push({ work, figures });
  }
  return all;
}

/** A row for each kind of work: ours, nginx's, the ratio that is wanted, and the others' ratios. */
export function summary(measured: readonly Measured[], candidates: readonly Candidate[]): string[] {
  const [ours = "", base = "", ...others] = candidates.map(({ name }) => name);
  const titles = ["what", ours, "nginx, same run", "ratio", "wanted"];
  return [
    row([...titles, ...others.map((name) => `${name} ×`)]),
    row(["---", ...Array<string>(titles.length + others.length - 1).fill("--:")]),
    ...measured.map(({ work, figures }) => {
      const us = (name: string) => cpuOf(figures.get(name));
      const ratio = (name: string) => (us(name) / us(base)).toFixed(2);
      const cell = (name: string, text: (name: string) => string) => {
        const found = figures.get(name);
        return typeof found === "string" ? found : found ? text(name) : "";
      };
      const micro = (name: string) => `${us(name).toFixed(1)} µs`;
      return row([
        `CPU time: ${work.title}`,
        cell(ours, micro),
        cell(base, micro),
        cell(ours, ratio),
        work.wanted === undefined ? "" : `≤ ${work.wanted}`,
        ...others.map((name) => cell(name, ratio)),
      ]);
    }),
  ];
}

function details(measured: readonly Measured[]): string[] {
  const titles =
    "work|candidate|CPU|×|in the kernel|engine beside|requests/s|p50|p99|memory|errors".split("|");
  return [
    row(titles),
    row(titles.map((_, i) => (i < 2 ? "---" : "--:"))),
    ...measured.flatMap(({ work, figures }) => {
      const base = cpuOf(figures.get("nginx"));
      return [...figures].map(([name, found]) =>
        row(
          typeof found === "string"
            ? [work.title, name, found, ...Array<string>(titles.length - 3).fill("")]
            : [work.title, name, ...cells(found, base)],
        ),
      );
    }),
  ];
}

function cells(found: Figures, base: number): string[] {
  return [
    `${found.cpuUs.toFixed(1)} µs`,
    (found.cpuUs / base).toFixed(2),
    percent(found.system),
    found.besideUs > 0 ? `${found.besideUs.toFixed(1)} µs` : "",
    found.perSecond.toFixed(0),
    `${found.p50Ms.toFixed(2)} ms`,
    `${found.p99Ms.toFixed(1)} ms`,
    `${found.memoryMiB.toFixed(0)} MiB`,
    String(found.errors),
  ];
}

const cpuOf = (found: Figures | string | undefined) =>
  typeof found === "object" ? found.cpuUs : Number.NaN;
const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
const percent = (part: number) => `${Math.round(part * 100)} %`;
