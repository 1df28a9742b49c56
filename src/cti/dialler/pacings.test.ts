import t from "tap";
import { FakeClock } from "../../../test/fake-clock.ts";
import type { DialHour, DialLearnt } from "../ports.ts";
import { createPacings, type Pacing } from "./pacings.ts";

const HOUR_MS = 3_600_000;
const team = { free: 1, busy: [], ringing: [], waiting: 0 };

function setUp(
  hours: readonly DialHour[] = [],
  clock = new FakeClock(),
  learnt: readonly DialLearnt[] = [],
) {
  const saved: DialHour[] = [];
  const learntNow = new Map<string, DialLearnt>();
  const told: string[] = [];
  const errors: string[] = [];
  let broken = false;
  const pacings = createPacings(
    {},
    { hours, learnt },
    {
      clock,
      log: {
        debug() {},
        info() {},
        warn: (_, message) => void errors.push(message),
        error: (_, message) => void errors.push(message),
      },
      metrics: {
        liveAnswer: (firm) => void told.push(`answer ${firm}`),
        dropped: (firm) => void told.push(`drop ${firm}`),
        dropRatio: (firm, ratio, limit) =>
          void told.push(`${firm} ${ratio.toFixed(3)} of ${limit}`),
        pacingRatio: (firm, ratio) => void told.push(`${firm} paces ${ratio}`),
      },
      records: {
        async saveDialHour(counted) {
          if (broken) throw new Error("the disk is full");
          saved.push(counted);
        },
        dialHours: async () => saved,
        async saveDialLearnt(one) {
          if (broken) throw new Error("the disk is full");
          learntNow.set(one.firm, one);
        },
        dialLearnt: async () => [...learntNow.values()],
      },
    },
  );
  const breakDisk = () => void (broken = true);
  return { clock, pacings, saved, learntNow, told, errors, breakDisk };
}

t.test("each firm has its own counts, by the hour, and they come back", async (t) => {
  const { clock, pacings, saved, told } = setUp();
  const acme = pacings.of("acme", "US");
  t.same(told, ["acme 0.000 of 0.03"], "shown before anything has happened");
  for (let n = 0; n < 100; n += 1) acme.answered(8_000);
  clock.advance(HOUR_MS);
  acme.dropped();
  pacings.of("rival", "US").answered(8_000);
  const hour = Math.floor(clock.nowMs() / HOUR_MS);
  const last = new Map(saved.map((counted) => [`${counted.firm} ${counted.hour}`, counted]));
  t.same(
    [...last.values()],
    [
      { firm: "acme", hour: hour - 1, answers: 100, drops: 0 },
      { firm: "acme", hour, answers: 0, drops: 1 },
      { firm: "rival", hour, answers: 1, drops: 0 },
    ],
  );
  const again = setUp([...last.values()].toReversed(), clock);
  again.pacings.of("acme", "US");
  t.same(again.told, ["acme 0.010 of 0.03"]);
});

t.test("another law: what was counted and learnt is kept", async (t) => {
  const { pacings, told } = setUp();
  const before = pacings.of("acme", "US");
  for (let n = 0; n < 200; n += 1) before.answered(8_000);
  pacings.use({});
  t.equal(pacings.of("acme", "US"), before, "nothing has changed");
  pacings.use({ US: { dropLimit: 0.01, patienceMs: 1_000 } });
  told.length = 0;
  const after = pacings.of("acme", "US");
  t.equal(after.patienceMs, 1_000);
  t.same(told, ["acme 0.000 of 0.01"]);
  t.equal(after.excess({ ...team, ringing: [0, 0] }), 0, "200 answers have earned one");
  t.equal(after.excess({ ...team, ringing: [0, 0, 0] }), 1);
});

t.test("never more in the air than free agents and drops that were earned", async (t) => {
  const { pacings } = setUp();
  const acme = pacings.of("acme", "US");
  t.equal(acme.more(team), 1);
  t.equal(acme.excess({ ...team, ringing: [0] }), 0);
  t.equal(acme.excess({ ...team, free: 0, ringing: [0, 0] }), 2, "the agent has left");
  t.equal(acme.excess({ ...team, ringing: [0], waiting: 1 }), 1, "he is for who waits");
});

t.test("a disk that takes nothing is told, and the count goes on", async (t) => {
  const { pacings, errors, breakDisk } = setUp();
  breakDisk();
  const acme = pacings.of("acme", "US");
  acme.answered(8_000);
  await new Promise(setImmediate);
  t.same(errors, ["dialled calls could not be counted"]);
  await pacings[Symbol.asyncDispose]();
  t.equal(errors[1], "what the dialler has learnt could not be written down");
});

/** One number in five is answered, after 8 s; none was dropped. */
function teach(acme: Pacing) {
  for (let n = 0; n < 5_000; n += 1) {
    if (n % 5 === 0) acme.answered(8_000);
    else acme.unanswered();
    acme.done(n % 2 === 0 ? "talking" : "wrapping", 20_000 + (n % 1_000));
  }
}

t.test("what was learnt outlives the process, and fades while it is away", async (t) => {
  const { clock, pacings, saved, learntNow } = setUp();
  const acme = pacings.of("acme", "US");
  teach(acme);
  t.equal(learntNow.size, 0, "not with every call");
  clock.advance(30_000);
  await new Promise(setImmediate);
  const [written] = learntNow.values();
  if (!written) throw new Error("nothing was written down");
  t.ok(written.learnt.length < 3_000, `${written.learnt.length} characters`);
  const ten = { ...team, free: 10 };
  const hours = saved.slice(-1);
  const more = acme.more(ten);
  t.ok(more > 11, `${more} numbers for ten agents`);
  const moreAfter = (days: number, learnt = [written]) => {
    const later = new FakeClock(clock.nowMs() + days * 24 * HOUR_MS);
    return setUp(hours, later, learnt).pacings.of("acme", "US").more(ten);
  };
  t.equal(moreAfter(0), more);
  t.equal(moreAfter(-1), more, "a clock that was put back");
  const week = moreAfter(7);
  t.ok(week > 10 && week <= more, `${week} numbers after a week`);
  t.equal(moreAfter(60), 10, "too little is left of it");
  t.equal(moreAfter(0, []), 10, "without it");
});

t.test("the last news is written down at the end, and no more than once", async (t) => {
  const { clock, pacings, learntNow } = setUp();
  pacings.of("acme", "US").unanswered();
  pacings.of("rival", "US");
  await pacings[Symbol.asyncDispose]();
  t.same([...learntNow.keys()], ["acme"], "of the other nothing is known");
  learntNow.clear();
  clock.advance(HOUR_MS);
  t.equal(learntNow.size, 0);
});

t.test("what cannot be read is learnt anew, and told", async (t) => {
  const taught = setUp();
  teach(taught.pacings.of("acme", "US"));
  await taught.pacings[Symbol.asyncDispose]();
  const good = taught.learntNow.get("acme")?.learnt ?? "";
  for (const learnt of [
    "",
    "{",
    "{}",
    good.slice(0, -1),
    good.replace(/"yes":[0-9.]+/, '"yes":1e9'),
    good.replace(/"all":[0-9.]+/, '"all":null'),
    good.replace(/"bins":\[[0-9.]+/, '"bins":[-1'),
    good.replace(/"bins":\[[0-9.]+,/, '"bins":['),
  ]) {
    t.not(learnt, good);
    const { clock } = taught;
    const { pacings, errors } = setUp([], clock, [{ firm: "acme", atMs: clock.nowMs(), learnt }]);
    t.equal(pacings.of("acme", "US").more({ ...team, free: 3 }), 3);
    t.match(errors, [/cannot be read: it learns anew/]);
  }
});
