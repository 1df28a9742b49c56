import { array, assert, nat, property } from "fast-check";
import t from "tap";
import { SimulatedClock } from "./simulated-clock.ts";

t.test("timers fire in the order of their times, whatever the order they were set in", async () => {
  assert(
    property(array(nat(1000), { maxLength: 50 }), nat(1000), (delays, upTo) => {
      const clock = new SimulatedClock(5);
      const fired: number[] = [];
      for (const delay of delays) {
        clock.after(delay, () => {
          if (clock.nowMs() !== 5 + delay) throw new Error("not at its time");
          fired.push(delay);
        });
      }
      clock.advance(5 + upTo);
      const due = delays.filter((delay) => delay <= upTo).toSorted((a, b) => a - b);
      return JSON.stringify(fired) === JSON.stringify(due) && clock.steadyMs() === 5 + upTo;
    }),
  );
});

t.test(
  "time does not go back, what was disposed does not fire, what is set on the way does",
  async (t) => {
    const clock = new SimulatedClock(100);
    const fired: string[] = [];
    clock.after(10, () => fired.push("never"))[Symbol.dispose]();
    clock.after(20, () => void clock.after(5, () => fired.push(`at ${clock.nowMs()}`)));
    clock.advance(200);
    clock.advance(50);
    t.same([fired, clock.nowMs()], [["at 125"], 200]);
  },
);
