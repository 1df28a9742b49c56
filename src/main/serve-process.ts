import type { Registry } from "prom-client";
import type { Config } from "../config/schema.ts";
import type { Log } from "../model/log.ts";
import { listenForOperators } from "../oam/admin.ts";
import { tellSupervisor, type ToChild } from "./child-messages.ts";
import { explainListenError, isSupervised, stopRequested } from "./lifetime.ts";
import { createReloader } from "./reloader.ts";

/**
 * The life of a process that has started: says so, answers for its metrics, goes by new configurations, and returns why it shall
 * stop. Without a supervisor (a systemd unit of its own) it has an admin listener of its own, and SIGHUP lets it read its file again.
 */
export async function serveProcess(one: {
  readonly name: string;
  readonly config: Config;
  readonly log: Log;
  readonly registry: Registry;
  /** Where the configuration comes from. */
  readonly file: string;
  /** New configurations; throws for one that cannot be used. */
  use(config: Config): void;
}): Promise<string> {
  const { name, config, log, registry, file } = one;
  const stop = stopRequested();
  if (isSupervised()) {
    // The supervisor decides.
    process.on("SIGHUP", () => undefined);
    process.on("message", (message: ToChild) => {
      if (message.type === "metrics") void answerMetrics(message.id, registry);
      else tellSupervisor({ type: "used", id: message.id, ...use(message.config) });
    });
    tellSupervisor({ type: "ready" });
    return stop;
  }
  const apply = async (next: Config) => one.use(next);
  const reloader = createReloader(config, { file, log, apply });
  process.on("SIGHUP", () => void reloader.reload());
  let draining = false;
  const { admin } = config.listen;
  await using _listener = await listenForOperators(admin, {
    metrics: () => registry.metrics(),
    ready: () => ({ ready: !draining, detail: { process: name } }),
  }).catch((error: unknown) => {
    throw explainListenError(error, "listen.admin", `${admin.host}:${admin.port}`);
  });
  log.info({ admin: `${admin.host}:${admin.port}` }, "ready");
  const why = await stop;
  draining = true;
  return why;

  function use(next: Config): { problem?: string } {
    try {
      one.use(next);
      return {};
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  }
}

async function answerMetrics(id: number, registry: Registry): Promise<void> {
  tellSupervisor({ type: "metrics", id, metrics: await registry.getMetricsAsJSON() });
}
