import t from "tap";
import { createRemembered } from "./remembered.ts";

t.test("a number is of its visitor and its campaign", (t) => {
  const remembered = createRemembered(100, 7);
  remembered.set(["a", "b"], "prices", 1, 1_000);
  remembered.set(["a"], "prices", 2, 500);
  t.same(
    [
      remembered.get("a", "prices"),
      remembered.get("b", "prices"),
      remembered.get("a", "help"),
      remembered.get("c", "prices"),
    ],
    [2, 1, 0, 0],
  );
  t.end();
});

t.test("when there are too many, those that end soonest are forgotten", (t) => {
  const remembered = createRemembered(64, 7);
  for (let i = 0; i < 40; i += 1) remembered.set([`late${i}`], "c", 1, 1_000_000 + i);
  const kept = () =>
    Array.from({ length: 40 }, (_, i) => remembered.get(`late${i}`, "c")).filter(Boolean).length;
  const before = kept();
  for (let i = 0; i < 10_000; i += 1) remembered.set([`soon${i}`], "c", 1, 1_000);
  t.ok(before >= 35);
  // One place in each bucket may go to whatever came last.
  t.ok(kept() >= before - 8);
  t.end();
});
