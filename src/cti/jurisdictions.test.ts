import t from "tap";
import { jurisdictionOf, predictiveProblem } from "./jurisdictions.ts";

t.test("predictive dialling is for whom the law allows it", (t) => {
  t.equal(predictiveProblem("US", {}, 30_000), undefined);
  t.match(predictiveProblem("GB", {}, 30_000), "GB allows no call to find no agent");
  t.match(predictiveProblem("DE", {}, 30_000), "no law of DE on dropped calls is known");
  t.match(predictiveProblem("US", { US: { predictive: false } }, 30_000), "mode: progressive");
  t.match(predictiveProblem("US", { US: { dropLimit: 0 } }, 30_000), "mode: progressive");
  t.match(predictiveProblem("US", {}, 14_999), "15 s at least: raise switch.ringTimeout");
  t.equal(predictiveProblem("DE", { DE: { predictive: true } }, 30_000), undefined);
  t.end();
});

t.test("what operators set counts, the rest is as it was", (t) => {
  const own = jurisdictionOf("US", { US: { dropLimit: 0.01 }, CA: { dropLimit: 0.02 } });
  t.match(own, { dropLimit: 0.01, dropWindowMs: 30 * 86_400_000, predictive: true });
  t.end();
});
