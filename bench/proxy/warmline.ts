import { spawnSync } from "node:child_process";
import { type Overrides, startGateway } from "../../test/e2e/gateway.ts";
import {
  type Candidate,
  childrenOf,
  onCandidatesCore,
  onLoadsCore,
  type Stand,
  startPinned,
} from "./candidate.ts";

export interface Warmline extends Candidate {
  /** Hits since it runs: those that the edge has counted, and how many of them it had to drop. */
  hits(): Promise<{ readonly counted: number; readonly dropped: number }>;
  readonly desk: string;
}

/**
 * Warmline as an operator runs it, everything on, but for what `changes` replace in the configuration. Its edges have the
 * candidates' core, the engine has its place beside the load.
 */
export async function startWarmline(
  name: string,
  stand: Stand,
  changes: Overrides = {},
  env: NodeJS.ProcessEnv = {},
): Promise<Warmline> {
  const edge = { workers: 1, drain: "1s", ...(changes["edge"] as Overrides | undefined) };
  const gateway = await startGateway(stand.origin, { ...changes, edge }, (args) => {
    const command = [process.execPath, "src/main.ts", ...args];
    return startPinned(onCandidatesCore, name.replaceAll(/\W/g, ""), command, stand, env);
  });
  const [engine, supervisor] = [gateway.pid("engine"), gateway.pid("supervisor")];
  const edges = childrenOf(supervisor).filter((pid) => pid !== engine);
  for (const pid of [engine, supervisor]) {
    const [taskset = "", ...rest] = onLoadsCore;
    spawnSync(taskset, ["-a", "-p", ...rest, String(pid)]);
  }
  const port = Number(new URL(gateway.site).port);
  const secure = Number(new URL(gateway.secureSite).port);
  return {
    name,
    ports: {
      plain: port,
      inject: port,
      injectGzip: port,
      websocket: port,
      tls: secure,
      h2: secure,
    },
    pids: edges,
    beside: [engine],
    desk: gateway.desk,
    hits: async () => ({
      counted: await gateway.metric("warmline_hits_total"),
      dropped: await gateway.metric("warmline_hits_dropped_total"),
    }),
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}
