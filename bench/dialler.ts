import { progressive, vicidial, warmline } from "../test/dialler/pacings.ts";
import { type Outcome, simulate, worstWindow } from "../test/dialler/simulation.ts";

/** The profile of the United States (47 CFR 64.1200). */
const LAW = { dropLimit: 0.03, dropWindowMs: 30 * 86_400_000 };
const RATES = [0.15, 0.3, 0.5];
const TEAMS = [1, 3, 5, 10, 20];
/** With 5 teams of 39 agents in sum, 10,000 agent-hours for each answer rate. */
const DAYS = 36;
/** A share of fewer answers says nothing. */
const ENOUGH = 500;

/** Weeks of simulated campaigns: how much agents talk, and how many calls find no agent, beside VICIdial's control loop. */
export async function dialler(): Promise<string> {
  const rows: string[] = [];
  let agentHours = 0;
  for (const answerRate of RATES) {
    for (const agents of TEAMS) {
      const scene = { seed: 100 * agents + 100 * answerRate, agents, answerRate, days: DAYS };
      const ours = simulate(scene, warmline(LAW));
      const plain = simulate(scene, progressive());
      const peers = (["hard_limit", "average", "tapered"] as const).map((method) =>
        simulate(scene, vicidial({ method, limit: LAW.dropLimit })),
      );
      // Its best way of those that at least come near the limit.
      const near = peers.filter((peer) => dropShare(peer) < 1.2 * LAW.dropLimit);
      const peer = (near.length > 0 ? near : peers).toSorted(
        (a, b) => b.talkShare - a.talkShare,
      )[0];
      if (!peer) throw new Error("no peer");
      agentHours += ours.agentHours;
      rows.push(
        [
          "",
          answerRate,
          agents,
          percent(ours.talkShare),
          percent(peer.talkShare),
          (ours.talkShare / peer.talkShare).toFixed(3),
          percent(plain.talkShare),
          percent(worst(ours)),
          percent(worst(peer)),
          "",
        ].join(" | "),
      );
    }
  }
  return [
    `Predictive dialling, simulated: ${Math.round(agentHours).toLocaleString("en")} agent-hours, ${DAYS} working days for each line; answer rates that move with hour, day and list; ${LAW.dropLimit * 100} % of answered calls may be dropped in 30 days.`,
    "VICIdial's loop is made after its published description, at the same limit and on the same traffic, the best of its three ways that stays near the limit. Dropped: the worst 30 days.\n",
    "| answer | agents | talk, Warmline | talk, VICIdial's loop | ratio | talk, one line per free agent | dropped, Warmline | dropped, VICIdial's loop |",
    "| --: | --: | --: | --: | --: | --: | --: | --: |",
    ...rows.map((row) => row.trim()),
    "",
  ].join("\n");
}

function worst({ hours }: Outcome): number {
  return worstWindow(hours, LAW.dropWindowMs, ENOUGH);
}

function dropShare({ drops, answers }: Outcome): number {
  return drops / answers;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
