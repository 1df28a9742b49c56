// `npm run --silent warmline -- COMMAND`: the command line, on the Node that the project pins.
import { pinnedEnvironment, pinnedNode, run } from "./pinned.mjs";

run(pinnedNode(), ["src/main.ts", ...process.argv.slice(2)], pinnedEnvironment());
