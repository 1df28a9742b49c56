import { array, check, double, integer, property } from "fast-check";
import t from "tap";
import { average, countsOf, excesses, NONE, withTrial } from "./counts.ts";

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const near = (a: number, b: number) => Math.abs(a - b) < 1e-9;

t.test("the same chance for all is the binomial distribution", async (t) => {
  const counts = countsOf(0, [0.2, 0.2, 0.2]);
  const binomial = [0.512, 0.384, 0.096, 0.008];
  t.ok(counts.every((p, n) => near(p, binomial[n] ?? 0)));
  t.same(withTrial(NONE, 1), [0, 1]);
  t.same(countsOf(2, []), [0, 0, 1]);
});

t.test("a distribution stays one, and its mean is the sum of the chances", async (t) => {
  const chances = array(double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });
  const holds = property(integer({ min: 0, max: 5 }), chances, (certain, ps) => {
    const counts = countsOf(certain, ps);
    const mean = average(
      counts,
      counts.map((_, n) => n),
    );
    return near(sum(counts), 1) && Math.abs(mean - certain - sum(ps)) < 1e-9;
  });
  t.equal(check(holds).counterexample, null);
});

t.test("how many are too many", async (t) => {
  t.same(excesses(countsOf(2, []), 5), [0, 0, 0, 1, 2, 3], "two for certain");
  // One of two with a chance of a half: of two that come, half a one is too many, on average.
  const [none, one = 0, two = 0] = excesses(countsOf(1, [0.5]), 2);
  t.ok(none === 0 && near(one, 0) && near(two, 0.5));
});
