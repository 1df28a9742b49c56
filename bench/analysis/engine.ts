import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Measured } from "./measure.ts";

/** The session table and the criteria with a million sessions: memory, time and what a flood does. */
export function engine(): string {
  const table = measured("table");
  const due = measured("dueTimes");
  const reload = measured("reload");
  const flood = measured("flood");
  const stall = (ms: number) => `${ms.toFixed(0)} ms`;
  const row = (what: string, figure: string, wanted: string) =>
    `| ${what} | ${figure} | ${wanted} |`;
  return [
    "1,000,000 sessions of four pages, two thirds with a history, 20 campaigns asked with each hit; each line in a process of its own, on one core. Memory is the growth of the",
    "resident set, all counted. Time of a touch is what passed while it ran; a stall is the CPU time between two passes through the event loop.\n",
    "| what | measured | wanted |",
    "| --- | --: | --: |",
    row("memory of a session", `${table.bytes.toFixed(0)} bytes`, "500 at most"),
    row("a touch, 20 campaigns asked: median", `${table.medianUs.toFixed(1)} µs`, "10 µs at most"),
    row("a touch: p99", `${table.p99Us.toFixed(1)} µs`, ""),
    row("longest stall while the table fills", stall(table.filling), "under 50 ms"),
    row("longest stall while it is full", stall(table.running), "under 50 ms"),
    row(
      `late after its due time, of ${due.fired.toLocaleString("en")}: worst`,
      `${due.worst} ms`,
      "250 ms at most",
    ),
    row("late after its due time: p99", `${due.p99} ms`, ""),
    row("too early: worst (two clocks, each rounded to 1 ms)", `${due.early} ms`, "1 ms at most"),
    row(
      `a campaign that is new reaches ${reload.fired.toLocaleString("en")} sessions, all due, beside hits`,
      `${(reload.tookMs / 1_000).toFixed(0)} s`,
      "",
    ),
    row("longest stall meanwhile", stall(reload.stall), "under 50 ms"),
    row(
      "10,000,000 forged visitors: rows at most",
      flood.mostRows.toLocaleString("en"),
      "1,000,000",
    ),
    row(
      "memory of a row, by its own count, at most",
      `${flood.mostBytes.toFixed(0)} bytes`,
      "500 at most",
    ),
    row("memory of a row, resident", `${flood.rss.toFixed(0)} bytes`, "500 at most"),
    row("visitors of two pages who are still there", `${(flood.kept * 100).toFixed(1)} %`, "all"),
    row("longest stall in the flood", stall(flood.stall), "under 50 ms"),
    "",
  ].join("\n");
}

function measured<Name extends keyof Measured>(name: Name): Measured[Name] {
  const program = fileURLToPath(new URL("measure.ts", import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, ["--expose-gc", program, name], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`the measurement ${name} ended with status ${status}`);
  return JSON.parse(stdout) as Measured[Name];
}
