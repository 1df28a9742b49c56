import { array, check, double, integer, property } from "fast-check";
import t from "tap";
import { countsOf } from "./counts.ts";
import { linesToAdd, type Step } from "./step-rule.ts";

const alone = { ringing: [], share: 0.03, most: 1_000 };

t.test("the largest number of lines under 3 % of dropped calls", async (t) => {
  const table: [p: number, k: number, lines: number][] = [
    [0.2, 1, 1],
    [0.2, 2, 3],
    [0.2, 3, 7],
    [0.2, 5, 15],
    [0.2, 10, 37],
    [0.2, 20, 86],
    [0.3, 1, 1],
    [0.3, 2, 3],
    [0.3, 3, 5],
    [0.3, 5, 10],
    [0.3, 10, 26],
    [0.3, 20, 58],
  ];
  for (const [answered, k, lines] of table) {
    t.equal(linesToAdd({ ...alone, answered, agents: countsOf(k, []) }), lines, `${answered} ${k}`);
  }
});

t.test("whatever is ringing counts, and nothing is added beyond any bound", async (t) => {
  const chance = double({ min: 0.01, max: 1, noNaN: true });
  const holds = property(
    integer({ min: 0, max: 6 }),
    array(chance, { maxLength: 6 }),
    array(chance, { maxLength: 12 }),
    chance,
    (k, soon, ringing, answered) => {
      const step: Step = {
        ...alone,
        agents: countsOf(k, soon),
        ringing,
        answered,
        most: 30,
      };
      const n = linesToAdd(step);
      const more = linesToAdd({ ...step, ringing: ringing.slice(1) });
      const richer = linesToAdd({ ...step, share: 0.3 });
      return (
        n >= 0 && n + ringing.length <= Math.max(30, ringing.length) && more >= n && richer >= n
      );
    },
  );
  t.equal(check(holds, { numRuns: 300 }).counterexample, null);
});
