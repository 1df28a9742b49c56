/** What is compared: Warmline's pacing, one number for each free agent, and VICIdial's loop. */
import { createBudget } from "../../src/cti/dialler/budget.ts";
import { createPacer } from "../../src/cti/dialler/pacer.ts";
import type { Pacing } from "./simulation.ts";

const HOUR_MS = 3_600_000;

/** Ours, within a limit of dropped calls over a window. */
export function warmline(rule: { dropLimit: number; dropWindowMs: number }): Pacing {
  const pacer = createPacer();
  const budget = createBudget(rule, []);
  return {
    more: (team, nowMs) =>
      pacer.more(team, {
        share: budget.share(nowMs),
        drops: budget.allowance(nowMs),
      }),
    answered(afterMs, nowMs) {
      pacer.answered(afterMs);
      budget.answered(nowMs);
    },
    unanswered: () => pacer.unanswered(),
    dropped: (nowMs) => budget.dropped(nowMs),
    done: (doing, tookMs) => pacer.done(doing, tookMs),
  };
}

/** One number for each free agent. */
export function progressive(): Pacing {
  return {
    more: (team) => Math.max(0, team.free - team.waiting - team.ringing.length),
    answered() {},
    unanswered() {},
    dropped() {},
    done() {},
  };
}

interface VicidialOptions {
  readonly method: "hard_limit" | "average" | "tapered";
  /** Its drop percentage, as a share of the day's answered calls. */
  readonly limit: number;
}

/**
 * VICIdial's control loop, made after the published description of its `AST_VDadapt` (not after its text): every 15 s the
 * level of lines for each agent moves by the mean of free agents less waiting calls, over the agents, within 1 and 3; a drop
 * share of the day above the limit puts it to 1, halves it, or tapers it off with the shift. Agents in their work after a call do
 * not count (with them, it drops a third of its calls here). Its window is the day, whatever the law's.
 */
export function vicidial(options: VicidialOptions): Pacing {
  let level = 1;
  let nextMs = 0;
  let day = -1;
  let [answers, drops, dialled] = [0, 0, 0];
  let minute: { atMs: number; drop: boolean }[] = [];
  let seen: { ready: number; agents: number }[] = [];

  const adapt = (nowMs: number) => {
    const mean = (of: (s: { ready: number; agents: number }) => number) =>
      seen.reduce((sum, s) => sum + of(s), 0) / Math.max(1, seen.length);
    const agents = mean((s) => s.agents);
    if (agents > 0) level *= 1 + mean((s) => s.ready) / agents;
    level = Math.min(3, Math.max(1, level));
    seen = [];
    minute = minute.filter(({ atMs }) => atMs > nowMs - 60_000);
    const dropsNow = minute.filter(({ drop }) => drop).length;
    const answersNow = minute.length - dropsNow;
    if (answersNow > 0 && dropsNow / answersNow > 0.5) level = Math.max(1, level / 2);
    if (dialled > 50 && answers > 0 && drops / answers > options.limit) {
      const left = 1 - ((nowMs % (24 * HOUR_MS)) / HOUR_MS - 9) / 8;
      if (options.method === "hard_limit") level = 1;
      else level = Math.max(1, level * (options.method === "average" ? 0.5 : left));
    }
  };

  return {
    more(team, nowMs) {
      if (Math.floor(nowMs / (24 * HOUR_MS)) !== day) {
        day = Math.floor(nowMs / (24 * HOUR_MS));
        [answers, drops, dialled, level] = [0, 0, 0, 1];
      }
      const talking = team.busy.filter(({ doing }) => doing === "talking").length;
      const agents = team.free + talking;
      seen.push({ ready: team.free - team.waiting, agents });
      if (nowMs >= nextMs) {
        nextMs = nowMs + 15_000;
        adapt(nowMs);
      }
      const calls = team.ringing.length + team.waiting + talking;
      const more = Math.max(0, Math.floor(level * agents) - calls);
      dialled += more;
      return more;
    },
    answered(_, nowMs) {
      answers += 1;
      minute.push({ atMs: nowMs, drop: false });
    },
    unanswered() {},
    dropped(nowMs) {
      drops += 1;
      minute.push({ atMs: nowMs, drop: true });
    },
    done() {},
  };
}
