import t from "tap";
import { createDurations, createShare } from "./estimates.ts";

t.test("a share is at most 1, and believed the more the more was seen", async (t) => {
  const share = createShare(300);
  t.equal(share.upper(), 1);
  const bounds = [];
  for (let n = 1; n <= 1_000; n += 1) {
    share.observe(n % 5 === 0);
    if ([5, 50, 1_000].includes(n)) bounds.push(share.upper());
  }
  const [few = 0, some = 0, many = 0] = bounds;
  t.ok(few > some && some > many && many > 0.2 && many < 0.25, bounds.join(" "));
});

t.test("what has changed is learnt", async (t) => {
  const share = createShare(300);
  for (let n = 0; n < 1_000; n += 1) share.observe(n % 10 === 0);
  for (let n = 0; n < 600; n += 1) share.observe(n % 2 === 0);
  t.ok(share.upper() > 0.45);
});

t.test("durations: how likely an end is, given that it has lasted so long", async (t) => {
  const durations = createDurations(300);
  t.equal(durations.endsWithin(0, 60_000), 0);
  t.equal(durations.mean(), undefined);
  for (let n = 0; n < 1_000; n += 1) durations.observe((1 + (n % 100)) * 1_000);
  t.ok(Math.abs((durations.mean() ?? 0) - 50_500) < 10_000);
  const within = (ageMs: number, horizonMs: number) => durations.endsWithin(ageMs, horizonMs);
  t.ok(within(0, 50_000) > 0.4 && within(0, 50_000) < 0.6);
  t.ok(within(80_000, 10_000) > within(10_000, 10_000));
  t.equal(within(0, 200_000), 1);
  t.equal(
    within(500_000, 10_000),
    0,
    "nothing is known of what lasts longer than all that was seen",
  );
});
