/** Runs the benches one after the other, alone on the machine, prints their tables and keeps them in `results.md`. */
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { startAndMemory } from "./start-and-memory.ts";

const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
const tables = [await startAndMemory()];
const text = `# Measured by \`npm run bench\`\n\nOn ${machine}.\n\n${tables.join("\n")}`;
process.stdout.write(text);
writeFileSync(new URL("results.md", import.meta.url), text);
