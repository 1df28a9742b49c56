import { alertLatencies, probeCampaign } from "./alert-latency.ts";
import { atHalfLoad, saturation } from "./half-load.ts";
import type { Plan } from "./rounds.ts";
import { openStand } from "./stand.ts";
import { startNginx } from "./nginx.ts";
import { twoWorkersCarry } from "./two-workers.ts";
import { startWarmline } from "./warmline.ts";
import { works } from "./work.ts";

const PLAN: Plan = { rounds: 5, seconds: 3 };
const ALERT_SECONDS = 20;

/** How long visitors wait at half load, and agents for their alert. */
export async function latency(): Promise<string> {
  await using stand = await openStand();
  await using warmline = await startWarmline("Warmline", stand, probeCampaign);
  await using two = await startWarmline("Warmline2", stand, { edge: { workers: 2 } });
  await using nginx = await startNginx(stand);
  const [hit, other] = works;
  if (!hit || !other) throw new Error("there is no work");
  const most = await saturation([warmline, nginx], hit, { ...PLAN, seconds: 1 }, stand);
  const half = await atHalfLoad(most, hit, PLAN, stand);
  const [ours, theirs] = [half.get(warmline), half.get(nginx)];
  const half1 = (most.get(warmline) ?? 0) / 2;
  const alerts = await alertLatencies(warmline, [hit, other], half1, ALERT_SECONDS, stand);
  const alike = await twoWorkersCarry(warmline, two, hit, half1, 1, PLAN, stand);
  const twice = await twoWorkersCarry(warmline, two, hit, half1 / 2, 2, PLAN, stand);
  const row = (what: string, us = 0, them = 0, wanted = "") =>
    `| ${what} | ${us.toFixed(2)} ms | ${them.toFixed(2)} ms | ${(us / them).toFixed(2)} | ${wanted} |`;
  const alertP99 = alerts[Math.floor(alerts.length * 0.99)] ?? Number.NaN;
  return [
    `Open load of "${hit.title}" at half of each one's own saturation (1 s over its CPU time of a request) on ${hit.connections} connections, time from the random moment of arrival; medians of ${PLAN.rounds} rounds of ${PLAN.seconds} s. Alerts: one hit among ten requests, ${alerts.length} probes, time from the visitor's request to the message at the agent's WebSocket.`,
    "Two workers: one worker's CPU time of a request over that of the busier of two; that is how many times the load two carry when each has a core. At the same rate two wake up more often for each request than full ones, at twice the rate less often: what is true lies between.",
    "",
    "| what | Warmline | nginx, same run | ratio | wanted |",
    "| --- | --: | --: | --: | --: |",
    row("time of a request at half load, median", ours?.p50Ms, theirs?.p50Ms),
    row("time of a request at half load, 99 of 100", ours?.p99Ms, theirs?.p99Ms, "≤ 1.5"),
    `| errors at half load | ${ours?.errors} | ${theirs?.errors} | | 0 |`,
    `| request to alert at half load, 99 of 100 | ${alertP99.toFixed(1)} ms | | | ≤ 25 ms |`,
    `| load that two workers carry, of one's: at the same rate in all | ${alike.toFixed(2)} | | | ≥ 1.8 |`,
    `| load that two workers carry, of one's: at the same rate for each | ${twice.toFixed(2)} | | | ≥ 1.8 |`,
    "",
  ].join("\n");
}
