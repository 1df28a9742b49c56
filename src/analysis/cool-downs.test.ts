import t from "tap";
import { createCoolDowns } from "./cool-downs.ts";

t.test("a cool-down holds for its visitor and its campaign", (t) => {
  const coolDowns = createCoolDowns(100, 7);
  coolDowns.start(["a", "b"], "prices", 1_000);
  coolDowns.start(["a"], "prices", 2_000);
  t.same(
    [
      ["a", "prices"],
      ["b", "prices"],
      ["a", "help"],
      ["c", "prices"],
    ].map(([key, campaign]) => coolDowns.untilMs(key!, campaign!)),
    [2_000, 1_000, 0, 0],
  );
  t.end();
});

t.test("when there are too many, those that end soonest are forgotten", (t) => {
  const coolDowns = createCoolDowns(64, 7);
  for (let i = 0; i < 40; i += 1) coolDowns.start([`late${i}`], "c", 1_000_000 + i);
  const kept = () =>
    Array.from({ length: 40 }, (_, i) => coolDowns.untilMs(`late${i}`, "c")).filter(Boolean).length;
  const before = kept();
  for (let i = 0; i < 10_000; i += 1) coolDowns.start([`soon${i}`], "c", 1_000);
  t.ok(before >= 35);
  // One place in each bucket may go to whatever came last.
  t.ok(kept() >= before - 8);
  t.end();
});
