// `npm run bench`: measures every figure that the documents claim, and writes bench/results.md. Arguments name sections.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { debianPackages } from "./debian.mjs";
import { installed, pinnedEnvironment, pinnedNode, root, run } from "./pinned.mjs";

installed();
debianPackages(["nginx-light", "haproxy", "caddy", "wrk", "nghttp2-client", "openssl"]);
const env = pinnedEnvironment();
const peers = join(root, "bench", "peers");
if (!existsSync(join(peers, "node_modules"))) run("npm", ["ci", "--prefix", peers], env);
run(pinnedNode(), ["scripts/build.mjs"], env);
run(pinnedNode(), ["bench/bench.ts", ...process.argv.slice(2)], env);
