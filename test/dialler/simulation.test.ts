/** A short form of what `npm run bench` plays at length: weeks of traffic, the law's limit, and a peer on the same traffic. */
import t from "tap";
import { progressive, vicidial, warmline } from "./pacings.ts";
import { simulate, worstWindow } from "./simulation.ts";

const DAY_MS = 86_400_000;
/** A short window, so that calls grow old and leave it within the test. */
const LAW = { dropLimit: 0.03, dropWindowMs: 3 * DAY_MS };
/** Below so many answers a share says nothing: the first drop that may be made needs 37. */
const ENOUGH = 100;

for (const [agents, answerRate] of [
  [1, 0.15],
  [3, 0.3],
  [8, 0.5],
] as const) {
  t.test(
    `${agents} agents, ${answerRate} answer: within the limit, and more talk than the peer`,
    async (t) => {
      const scene = { seed: 20 + agents, agents, answerRate, days: 8 };
      const ours = simulate(scene, warmline(LAW));
      const peer = simulate(scene, vicidial({ method: "hard_limit", limit: LAW.dropLimit }));
      const plain = simulate(scene, progressive());
      const worst = worstWindow(ours.hours, LAW.dropWindowMs, ENOUGH);
      t.ok(worst <= LAW.dropLimit, `worst window ${worst}`);
      t.ok(ours.drops > 0, "and what may be dropped is used");
      t.ok(ours.talkShare >= peer.talkShare, `${ours.talkShare} and ${peer.talkShare}`);
      t.ok(ours.talkShare >= plain.talkShare, `${ours.talkShare} and ${plain.talkShare}`);
      t.equal(plain.drops, 0);
    },
  );
}

t.test("the same seed is the same traffic", async (t) => {
  const scene = { seed: 1, agents: 2, answerRate: 0.3, days: 1 };
  t.same(simulate(scene, warmline(LAW)), simulate(scene, warmline(LAW)));
  t.not(
    simulate({ ...scene, seed: 2 }, progressive()).dialled,
    simulate(scene, progressive()).dialled,
  );
});
