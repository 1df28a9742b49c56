import t from "tap";
import { FakeClock } from "../../test/fake-clock.ts";
import { createFlood } from "./flood.ts";

t.test("so many in any window, for every key", async (t) => {
  const clock = new FakeClock();
  const flood = createFlood({ most: 2, windowMs: 1_000 }, clock);
  t.ok(flood.admit(["a", "x"]));
  clock.advance(600);
  t.ok(flood.admit(["a", "y"]));
  t.notOk(flood.admit(["a", "z"]), "a has had two");
  t.ok(flood.admit(["z"]), "what was refused was not counted for z");
  clock.advance(400);
  t.ok(flood.admit(["a"]), "the first is a second ago");
  t.notOk(flood.admit(["a"]));
});

t.test("a clock that is set back locks nobody out", async (t) => {
  const clock = new FakeClock();
  const flood = createFlood({ most: 1, windowMs: 1_000 }, clock);
  t.ok(flood.admit(["a"]));
  clock.jump(-3_600_000);
  t.ok(flood.admit(["a"]));
});
