import t from "tap";
import { violations } from "../scripts/boundaries.mjs";

/** Each: who, whom, and whether it may. */
const cases: readonly (readonly [string, string, boolean])[] = [
  ["src/proxy/edge.ts", "src/model/site.ts", true],
  ["src/proxy/edge.ts", "src/proxy/link/client.ts", true],
  ["src/proxy/edge.ts", "src/desk/ports.ts", false],
  ["src/analysis/analysis.ts", "src/oam/metrics.ts", false],
  ["src/model/site.ts", "src/config/schema.ts", false],
  ["src/store/open.ts", "src/desk/ports.ts", true],
  ["src/store/open.ts", "src/desk/desk.ts", false],
  ["src/desk/visitor-http.ts", "src/visitor/no-script.ts", true],
  ["src/desk/http.ts", "src/desk/ui/main.tsx", false],
  ["src/desk/ui/main.tsx", "src/desk/protocol.ts", true],
  ["src/desk/ui/main.tsx", "src/desk/desk.ts", false],
  ["src/visitor/browser/loader.ts", "src/desk/protocol.ts", false],
  ["src/main/engine-process.ts", "src/desk/desk.ts", true],
  ["src/cti/number.ts", "src/main/paths.ts", false],
  ["src/cti/number.ts", "test/fake-clock.ts", false],
  ["src/cti/number.test.ts", "test/fake-clock.ts", true],
  ["src/elsewhere/x.ts", "src/model/site.ts", false],
];

for (const [from, to, may] of cases) {
  t.test(`${from} ${may ? "may" : "must not"} import ${to}`, (t) => {
    t.equal(violations([[from, to]]).length, may ? 0 : 1);
    t.end();
  });
}
