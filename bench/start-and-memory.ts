import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { runWarmline, startGateway, writeConfig } from "../test/e2e/gateway.ts";
import { startNginx } from "../test/e2e/nginx.ts";
import { until } from "../test/until.ts";

const ROUNDS = 7;
/** Long enough for the garbage of starting to be collected. */
const SETTLE_MS = 5_000;

/** Time from the start of the program to the first page, and memory at rest, beside nginx's in the same run. */
export async function startAndMemory(): Promise<string> {
  const starts: number[] = [];
  const peers: number[] = [];
  await using origin = await startNginx();
  const { file, ports } = await writeConfig(origin.url);
  // The first start makes keys, database and compiled code; it is not counted.
  const firstMs = await firstPageMs(file, ports[0] ?? 0);
  for (let round = 0; round < ROUNDS; round++) {
    const beganMs = performance.now();
    await using _peer = await startNginx();
    peers.push(performance.now() - beganMs);
    starts.push(await firstPageMs(file, ports[0] ?? 0));
  }
  await using gateway = await startGateway(origin.url);
  await (await fetch(gateway.site)).text();
  await sleep(SETTLE_MS);
  const nginx = kib(origin.pid) + kib(childrenOf(origin.pid)[0] ?? 0);
  const row = (what: string, ours: number, theirs: number, unit: string) =>
    `| ${what} | ${ours.toFixed(0)} ${unit} | ${theirs.toFixed(0)} ${unit} | ${(ours / theirs).toFixed(1)} |`;
  return [
    "Time from the start of `warmline run` to the first page, and memory when nothing happens, with one edge; nginx with one worker.",
    "Memory is the proportional set size: what processes share counts once.\n",
    "| what | Warmline | nginx, same run | ratio |",
    "| --- | --: | --: | --: |",
    row("very first start to the first page", firstMs, median(peers), "ms"),
    row(`start to the first page (median of ${ROUNDS})`, median(starts), median(peers), "ms"),
    ...(["edge-1", "engine", "supervisor"] as const).map((name) =>
      row(`memory at rest: ${name}`, kib(gateway.pid(name)) / 1024, nginx / 1024, "MiB"),
    ),
  ]
    .join("\n")
    .concat("\n");
}

/** Until a page of the origin has come through a gateway that did not run before. */
async function firstPageMs(file: string, port: number): Promise<number> {
  const beganMs = performance.now();
  const gateway = runWarmline(["run", "--config", file]);
  try {
    await until("the first page", () =>
      fetch(`http://127.0.0.1:${port}/`).then(
        (r) => r.ok,
        () => false,
      ),
    );
    return performance.now() - beganMs;
  } finally {
    gateway.kill("SIGTERM");
    await new Promise((resolve) => gateway.once("exit", resolve));
  }
}

function kib(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? Number.NaN);
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
