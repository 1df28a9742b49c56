// `npm start`: installs what is missing, builds what is out of date, and runs the demo: a shop that knows nothing of
// Warmline, and Warmline in front of it. `npm start -- --config FILE` runs a gateway of your own instead.
import { spawn } from "node:child_process";
import { installed, pinnedEnvironment, pinnedNode, root, run } from "./pinned.mjs";

installed();
const env = pinnedEnvironment();
const node = pinnedNode();
run(node, ["scripts/build.mjs"], env);

const more = process.argv.slice(2);
const what = more.length > 0 ? ["src/main.ts", "run", ...more] : ["examples/demo.ts"];
const child = spawn(node, what, { cwd: root, env, stdio: "inherit" });
// The child gets Ctrl-C from the terminal itself, and decides; a signal sent to us alone is handed on.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (status, signal) => process.exit(signal ? 1 : (status ?? 1)));
