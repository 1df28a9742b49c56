import t from "tap";
import { systemClock } from "./clock.ts";

/** How long a timer of so long takes, by the steady clock, when it is set at any moment of a millisecond. */
function takes(delayMs: number): Promise<number> {
  return new Promise((resolve) => {
    // A timer of the clock keeps no process alive.
    const alive = setInterval(() => undefined, 1_000);
    const until = performance.now() + Math.random();
    while (performance.now() < until);
    const fromMs = systemClock.steadyMs();
    systemClock.after(delayMs, () => {
      clearInterval(alive);
      resolve(systemClock.steadyMs() - fromMs);
    });
  });
}

t.test("a timer is never early: what is due then is due", async (t) => {
  const early: number[] = [];
  for (let i = 0; i < 20; i++) {
    const all = await Promise.all(Array.from({ length: 20 }, (_, delayMs) => takes(delayMs)));
    early.push(...all.filter((ms, delayMs) => ms < delayMs));
  }
  t.same(early, []);
});

t.test("a timer that is disposed of does not fire", async (t) => {
  let fired = false;
  const timer = systemClock.after(5, () => (fired = true));
  timer[Symbol.dispose]();
  await takes(20);
  t.equal(fired, false);
});
