import t from "tap";
import { FakeClock } from "../../../test/fake-clock.ts";
import type { DialHour } from "../ports.ts";
import { createPacings } from "./pacings.ts";

const HOUR_MS = 3_600_000;
const team = { free: 1, busy: [], ringing: [], waiting: 0 };

function setUp(kept: readonly DialHour[] = [], clock = new FakeClock()) {
  const saved: DialHour[] = [];
  const told: string[] = [];
  const errors: string[] = [];
  let broken = false;
  const pacings = createPacings({}, kept, {
    clock,
    log: { debug() {}, info() {}, warn() {}, error: (_, message) => void errors.push(message) },
    metrics: {
      liveAnswer: (firm) => void told.push(`answer ${firm}`),
      dropped: (firm) => void told.push(`drop ${firm}`),
      dropRatio: (firm, ratio, limit) => void told.push(`${firm} ${ratio.toFixed(3)} of ${limit}`),
      pacingRatio: (firm, ratio) => void told.push(`${firm} paces ${ratio}`),
    },
    records: {
      async saveDialHour(counted) {
        if (broken) throw new Error("the disk is full");
        saved.push(counted);
      },
      dialHours: async () => saved,
    },
  });
  return { clock, pacings, saved, told, errors, breakDisk: () => void (broken = true) };
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
});
