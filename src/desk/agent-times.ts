/** Since when agents talk, and do the work after it. */
import type { Clock } from "../model/clock.ts";

type Doing = "talking" | "wrapping";

export interface AgentTimes {
  /** What an agent does now; gives what he has done until now, when that is over. */
  now(
    agent: string,
    doing: Doing | undefined,
  ): { readonly doing: Doing; readonly tookMs: number } | undefined;
  /** How long he has been at it. */
  ageMs(agent: string): number;
}

export function createAgentTimes(clock: Clock): AgentTimes {
  const doings = new Map<string, { readonly doing: Doing; readonly sinceMs: number }>();
  return {
    now(agent, doing) {
      const before = doings.get(agent);
      if (before?.doing === doing) return undefined;
      if (doing === undefined) doings.delete(agent);
      else doings.set(agent, { doing, sinceMs: clock.steadyMs() });
      return before && { doing: before.doing, tookMs: clock.steadyMs() - before.sinceMs };
    },
    ageMs: (agent) => clock.steadyMs() - (doings.get(agent)?.sinceMs ?? clock.steadyMs()),
  };
}
