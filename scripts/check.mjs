// Format, lint, types, module boundaries, dead code. Every step must also show that it read something.
import { spawnSync } from "node:child_process";
import { installed, pinnedEnvironment } from "./pinned.mjs";

installed();
const env = pinnedEnvironment();
let failed = false;

/** Runs one tool; `proof` is a pattern its output must match, so that a tool that read nothing fails. */
function step(name, command, args, proof) {
  const started = Date.now();
  const { status, stdout, stderr } = spawnSync(command, args, { env, encoding: "utf8" });
  const output = `${stdout}${stderr}`;
  const ok = status === 0 && (!proof || proof(output));
  console.log(`${ok ? "ok    " : "not ok"} ${name} (${Date.now() - started} ms)`);
  if (ok) return;
  failed = true;
  console.log(output.trim() || `exit status ${status}`);
}

/** At least `least` in the first group of `pattern`. */
const counted = (pattern, least) => (output) => Number(pattern.exec(output)?.[1] ?? 0) >= least;

step("format", "oxfmt", ["--check", "."]);
step(
  "lint",
  "oxlint",
  ["--type-aware", "--deny-warnings", "src", "test", "bench", "scripts", "examples"],
  counted(/on (\d+) files/, 30),
);
step("types", "tsc", ["-p", "tsconfig.json"]);
step("types of the desk", "tsc", ["-p", "src/desk/ui/tsconfig.json"]);
step("types of the visitor's script", "tsc", ["-p", "src/visitor/browser/tsconfig.json"]);
step("module boundaries", "node", ["scripts/boundaries.mjs"], counted(/^(\d+) modules/m, 150));
step("dead code", "knip", []);
process.exitCode = failed ? 1 : 0;
