import t from "tap";
import { FakeClock } from "../../test/fake-clock.ts";
import { LEAP_MS, steadyTime } from "./steady-time.ts";

t.test("time passes, leaps do not count", (t) => {
  const clock = new FakeClock();
  const steady = steadyTime(clock);
  t.equal(steady(), 0);
  clock.advance(LEAP_MS - 1);
  t.equal(steady(), LEAP_MS - 1);
  clock.jump(LEAP_MS);
  t.equal(steady(), LEAP_MS - 1, "forward");
  clock.jump(-3_600_000);
  t.equal(steady(), LEAP_MS - 1, "back");
  clock.advance(10);
  t.equal(steady(), LEAP_MS + 9, "and goes on from there");
  t.end();
});
