/**
 * Runs the sections one after the other, alone on the machine, prints them and keeps them in `results.md`; then the README's
 * table says the same. Arguments name sections, to run only those: the others stay in `results.md` as they are.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { engine } from "./analysis/engine.ts";
import { dialler } from "./dialler.ts";
import { readmeWith, resultsWith } from "./results.ts";
import { dataPlane } from "./proxy/data-plane.ts";
import { latency } from "./proxy/latency.ts";
import { ownLimits } from "./proxy/limits.ts";
import { startAndMemory } from "./start-and-memory.ts";
import { telephony } from "./telephony.ts";
import { visitorCookie } from "./visitor-cookie.ts";

/** In the order of `results.md`. A section measures for itself, and returns markdown: how in two lines, then tables. */
const sections = [
  { name: "start", title: "Start and memory at rest", measure: startAndMemory },
  { name: "cookie", title: "Visitor cookie", measure: visitorCookie },
  { name: "proxy", title: "The data plane beside its peers", measure: dataPlane },
  { name: "latency", title: "Latency at half load, and two workers", measure: latency },
  { name: "limits", title: "What a connection and a feature cost", measure: ownLimits },
  { name: "engine", title: "A million sessions", measure: engine },
  { name: "telephony", title: "Click to call on a real exchange", measure: telephony },
  { name: "dialler", title: "Predictive dialling", measure: dialler },
] as const;

const only = process.argv.slice(2);
for (const name of only) {
  if (sections.some((section) => section.name === name)) continue;
  console.error(`there is no section ${name}; there are ${sections.map((s) => s.name).join(" ")}`);
  process.exit(1);
}

const results = new URL("results.md", import.meta.url);
const readme = new URL("../README.md", import.meta.url);
const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
for (const { name, title, measure } of sections) {
  if (only.length > 0 && !only.includes(name)) continue;
  const today = new Date().toISOString().slice(0, 10);
  const text = `${await measure()}\nMeasured on ${today}: ${machine}.\n`;
  process.stdout.write(`## ${title}\n\n${text}\n`);
  const titles = sections.map((section) => section.title);
  const all = resultsWith(readFileSync(results, "utf8"), titles, title, text);
  writeFileSync(results, all);
  writeFileSync(readme, readmeWith(readFileSync(readme, "utf8"), all));
}
spawnSync("oxfmt", ["README.md"], { stdio: "inherit" });
