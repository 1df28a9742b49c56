import t from "tap";
import { createPacer, type Pacer } from "./pacer.ts";

/** A pacer that has seen many calls, of which this share was answered, after about 8 s. */
function taught(answerRate: number): Pacer {
  const pacer = createPacer();
  for (let n = 0; n < 2_000; n += 1) {
    if ((n * answerRate) % 1 < answerRate) pacer.answered(8_000);
    else pacer.unanswered();
  }
  return pacer;
}

const team = { free: 0, busy: [], ringing: [], waiting: 0 };
const law = { share: 0.03, drops: 1_000 };

t.test("more than one number for each free agent, and the more the fewer answer", async (t) => {
  const lines = [0.15, 0.3, 0.5].map((rate) => taught(rate).more({ ...team, free: 10 }, law));
  const [seldom = 0, often = 0, mostly = 0] = lines;
  t.ok(seldom > 1.5 * often && often > 1.1 * mostly && mostly > 10, lines.join(" "));
  t.equal(taught(0.2).more({ ...team, free: 1 }, law), 1);
});

t.test("one number for each free agent: nothing to spend, or nothing learnt", async (t) => {
  const free = { ...team, free: 5 };
  t.equal(taught(0.2).more(free, { ...law, share: 0 }), 5);
  t.equal(taught(0.2).more(free, { ...law, drops: 0.9 }), 5);
  t.equal(createPacer().more(free, law), 5);
  t.equal(createPacer().more({ ...free, ringing: [0, 0], waiting: 1 }, law), 2);
  t.equal(createPacer().more({ ...free, free: 1, waiting: 2 }, law), 0);
});

t.test("numbers that are being dialled count, the longer the less", async (t) => {
  const pacer = taught(0.2);
  const free = { ...team, free: 10 };
  const ages = (ms: number) => Array.from({ length: 20 }, () => ms);
  const fresh = pacer.more({ ...free, ringing: ages(0) }, law);
  const old = pacer.more({ ...free, ringing: ages(12_000) }, law);
  t.ok(fresh > 0 && fresh < old, `${fresh} < ${old}`);
});

t.test("agents who will be free are dialled for, once their times are known", async (t) => {
  const pacer = taught(0.5);
  const busy = Array.from({ length: 10 }, () => ({ doing: "wrapping", ageMs: 18_000 }) as const);
  t.equal(pacer.more({ ...team, busy }, law), 0);
  for (let n = 0; n < 50; n += 1) pacer.done("wrapping", 20_000);
  t.ok(pacer.more({ ...team, busy }, law) > 5);
  const early = busy.map((b) => ({ ...b, ageMs: 0 }));
  t.equal(pacer.more({ ...team, busy: early }, law), 0, "not those who have just begun");
});

t.test(
  "never more than free agents and drops to spend, if all should answer at once",
  async (t) => {
    const pacer = taught(0.2);
    const free = { ...team, free: 10 };
    t.equal(pacer.more(free, { share: 0.3, drops: 12.9 }), 22);
    t.equal(pacer.more(free, { share: 0.3, drops: 1 }), 11);
    t.equal(pacer.more({ ...free, ringing: [0, 0, 0], waiting: 2 }, { share: 0.3, drops: 1 }), 6);
  },
);
