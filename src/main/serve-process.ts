import type { Registry } from "prom-client";
import type { Config } from "../config/schema.ts";
import type { Log } from "../model/log.ts";
import { listenForOperators } from "../oam/admin.ts";
import { tellSupervisor, type ToChild } from "./child-messages.ts";
import { explainListenError, isSupervised, stopRequested } from "./lifetime.ts";

/**
 * The life of a process that has started: says so, answers for its metrics, and returns why it shall stop. Without a
 * supervisor (a systemd unit of its own) it has an admin listener of its own.
 */
export async function serveProcess(one: {
  readonly name: string;
  readonly config: Config;
  readonly log: Log;
  readonly registry: Registry;
}): Promise<string> {
  const { name, config, log, registry } = one;
  const stop = stopRequested();
  if (isSupervised()) {
    process.on("message", (message: ToChild) => void answerMetrics(message, registry));
    tellSupervisor({ type: "ready" });
    return stop;
  }
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
}

async function answerMetrics(message: ToChild, registry: Registry): Promise<void> {
  tellSupervisor({ type: "metrics", id: message.id, metrics: await registry.getMetricsAsJSON() });
}
