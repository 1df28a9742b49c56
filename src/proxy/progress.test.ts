import t from "tap";
import { FakeClock } from "../../test/fake-clock.ts";
import { watchProgress } from "./progress.ts";

t.test("what moves is left alone, what stands still is told once", async (t) => {
  const clock = new FakeClock();
  let bytes = 0;
  let stalled = 0;
  watchProgress(clock, {
    progress: () => bytes,
    limitMs: () => 60_000,
    stalled: () => void stalled++,
  });
  for (let i = 0; i < 10; i++) {
    bytes++;
    clock.advance(50_000);
  }
  t.equal(stalled, 0);
  clock.advance(75_000);
  t.equal(stalled, 1);
  clock.advance(1e6);
  t.equal(stalled, 1);
  t.equal(clock.timers, 0);
});

t.test("the limit may change meanwhile; who disposes is not called", async (t) => {
  const clock = new FakeClock();
  let limitMs = 1000;
  let stalled = 0;
  const watch = watchProgress(clock, {
    progress: () => 0,
    limitMs: () => limitMs,
    stalled: () => void stalled++,
  });
  limitMs = 10_000;
  clock.advance(9000);
  t.equal(stalled, 0);
  watch[Symbol.dispose]();
  clock.advance(1e6);
  t.equal(stalled, 0);
  t.equal(clock.timers, 0);
});
