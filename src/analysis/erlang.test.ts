import * as fc from "fast-check";
import t from "tap";
import { agentsFor, erlangB, erlangC, serviceOf, type Traffic } from "./erlang.ts";

t.test("Erlang B and C, against published tables", (t) => {
  for (const [load, agents, b, c] of [
    [10, 14, 0.0568191434, 0.1741319336],
    [10, 12, 0.1197391884, 0.4493882243],
    [24, 28, 0.0666121339, 0.333138528],
    [1, 2, 1 / 5, 1 / 3],
    [100, 110, 0.0274634484, 0.2370075003],
  ] as const) {
    t.ok(near(erlangB(load, agents), b, 5e-11), `B(${load}, ${agents})`);
    t.ok(near(erlangC(load, agents), c, 5e-11), `C(${load}, ${agents})`);
  }
  t.equal(erlangC(10, 10), 1);
  t.end();
});

t.test("agents for 80 % in 20 seconds", (t) => {
  const goal = { level: 0.8, withinSeconds: 20 };
  const textbook = { perSecond: 100 / 1_800, handleSeconds: 180 };
  t.equal(agentsFor(textbook, goal), 14);
  const { level, meanWaitSeconds, occupancy } = serviceOf(textbook, 14, 20);
  t.ok(near(level, 0.88835, 5e-7));
  t.ok(near(meanWaitSeconds, 7.8359, 5e-5));
  t.ok(near(occupancy, 0.7143, 5e-5));
  const busy = { perSecond: 0.1, handleSeconds: 240 };
  t.equal(agentsFor(busy, goal), 29);
  t.ok(near(serviceOf(busy, 29, 20).level, 0.840283, 5e-7));
  t.ok(near(serviceOf(busy, 29, 20).meanWaitSeconds, 11.6292, 5e-5));
  t.equal(agentsFor({ perSecond: 0, handleSeconds: 240 }, goal), 0);
  t.same(serviceOf(busy, 24, 20), {
    waits: 1,
    abandons: 0,
    meanWaitSeconds: Infinity,
    level: 0,
    occupancy: 1,
  });
  t.end();
});

t.test("Erlang A", (t) => {
  const traffic = { perSecond: 100 / 1_800, handleSeconds: 180, patienceSeconds: 120 };
  for (const [agents, waits, abandons, meanWait] of [
    [10, 0.496853, 0.137464, 16.4957],
    [12, 0.279807, 0.061597, 7.3917],
  ] as const) {
    const service = serviceOf(traffic, agents, 20);
    t.ok(near(service.waits, waits, 5e-7), `waits, ${agents} agents`);
    t.ok(near(service.abandons, abandons, 5e-7), `abandons, ${agents} agents`);
    t.ok(near(service.meanWaitSeconds, meanWait, 5e-5), `mean wait, ${agents} agents`);
  }
  // Who may give up needs fewer agents than who never does.
  t.ok(agentsFor(traffic, { level: 0.8, withinSeconds: 20 }) < 14);
  t.end();
});

/** The share answered in time, by playing through many contacts. */
function played({ perSecond, handleSeconds, patienceSeconds }: Required<Traffic>, agents: number) {
  let seed = 42;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return (seed + 0.5) / 2 ** 32;
  };
  const after = (mean: number) => -mean * Math.log(random());
  const freeAt = Array<number>(agents).fill(0);
  let now = 0;
  let inTime = 0;
  const contacts = 400_000;
  for (let i = 0; i < contacts; i += 1) {
    now += after(1 / perSecond);
    const agent = freeAt.indexOf(Math.min(...freeAt));
    const wait = Math.max(0, freeAt[agent]! - now);
    const patience = after(patienceSeconds);
    if (wait > patience) continue;
    if (wait <= 20) inTime += 1;
    freeAt[agent] = now + wait + after(handleSeconds);
  }
  return inTime / contacts;
}

t.test("the share answered in time is what a simulation finds", (t) => {
  for (const [agents, patienceSeconds] of [
    [10, 120],
    [8, 30],
  ] as const) {
    const traffic = { perSecond: 100 / 1_800, handleSeconds: 180, patienceSeconds };
    const { level } = serviceOf(traffic, agents, 20);
    const simulated = played(traffic, agents);
    t.ok(near(level, simulated, 0.01), `${level} is about ${simulated}`);
  }
  t.end();
});

t.test("whatever the traffic", (t) => {
  const traffic = fc.record({
    perSecond: fc.double({ min: 1e-4, max: 2, noNaN: true }),
    handleSeconds: fc.double({ min: 1, max: 1_000, noNaN: true }),
    patienceSeconds: fc.double({ min: 1, max: 1_000, noNaN: true }),
  });
  fc.assert(
    fc.property(
      traffic,
      fc.integer({ min: 1, max: 500 }),
      fc.nat(100),
      (traffic, agents, within) => {
        const now = serviceOf(traffic, agents, within);
        for (const share of [now.waits, now.abandons, now.level, now.occupancy]) {
          t.ok(share >= -1e-9 && share <= 1 + 1e-9, `${share} is a share`);
        }
        t.ok(serviceOf(traffic, agents + 1, within).level >= now.level - 1e-9, "more serve better");
        t.ok(
          near(serviceOf(traffic, agents, 0).level, 1 - now.waits, 1e-9),
          "at once: who need not wait",
        );
        const inTheEnd = serviceOf(traffic, agents, 1e7).level;
        t.ok(near(inTheEnd, 1 - now.abandons, 1e-6), "in the end: who does not give up");
        const { perSecond, handleSeconds } = traffic;
        if (agents > perSecond * handleSeconds + 1) {
          const saint = serviceOf(
            { perSecond, handleSeconds, patienceSeconds: 1e9 },
            agents,
            within,
          );
          const patient = serviceOf({ perSecond, handleSeconds }, agents, within);
          t.ok(near(saint.level, patient.level, 1e-3), "endless patience is Erlang C");
        }
      },
    ),
    { numRuns: 100 },
  );
  t.end();
});

function near(value: number, other: number, within: number): boolean {
  return Math.abs(value - other) <= within;
}
