// `npm run bench`: measures every figure that the documents claim, and writes bench/results.md.
import { debianPackages } from "./debian.mjs";
import { installed, pinnedEnvironment, pinnedNode, run } from "./pinned.mjs";

installed();
debianPackages(["nginx-light"]);
const env = pinnedEnvironment();
run(pinnedNode(), ["scripts/build.mjs"], env);
run(pinnedNode(), ["bench/bench.ts", ...process.argv.slice(2)], env);
