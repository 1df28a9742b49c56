import { createServer } from "node:net";
import { spawnSync } from "node:child_process";
import type { HostPort } from "../config/values.ts";
import type { Config } from "../config/schema.ts";
import { systemClock } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import { type AdminListener, listenForOperators } from "../oam/admin.ts";
import { createLog } from "../oam/log.ts";
import { createRegistry } from "../oam/metrics.ts";
import { openKeyRing } from "../proxy/key-ring.ts";
import { readCertificates } from "./certificates.ts";
import { explainListenError, StartError, stopRequested } from "./lifetime.ts";
import { preparePaths } from "./paths.ts";
import { type Supervisor, supervise } from "./supervisor.ts";
import { version } from "./version.ts";

/**
 * `warmline run`: engine and edges under one supervisor, with one admin listener. Returns when it has stopped.
 *
 * @throws {StartError} when no site can be served
 */
export async function runGateway(config: Config, file: string): Promise<void> {
  const log = createLog("supervisor", config.log.level);
  const paths = preparePaths(config);
  const { http, https } = config.listen;
  // Made once here, before several edges look for them.
  openKeyRing(paths.keyRing);
  if (https) {
    readCertificates({ config, selfSigned: paths.selfSigned, clock: systemClock });
    await mustBeFree(https, "listen.https");
  }
  await mustBeFree(http, "listen.http");
  const stop = stopRequested();
  const supervisor = supervise(config, file, log);
  let draining = false;
  const admin = await adminListener(config, log, supervisor, () => draining);
  const first = await Promise.race([supervisor.started.catch((e: unknown) => e), stop]);
  if (first instanceof Error) {
    await supervisor.stop();
    throw new StartError(first.message);
  }
  // Else it was told to stop while it was starting.
  if (first === undefined) {
    notifySystemd("READY=1");
    log.info({ listen: config.listen, sites: config.sites.map((s) => s.name), version }, "ready");
  }
  const why = await stop;
  draining = true;
  notifySystemd("STOPPING=1");
  log.info({ why }, "draining");
  await supervisor.stop();
  await admin?.[Symbol.asyncDispose]();
  log.info({}, "stopped");
}

/** Visitors come before operators: without its admin listener the gateway serves all the same. */
async function adminListener(
  config: Config,
  log: Log,
  supervisor: Supervisor,
  draining: () => boolean,
): Promise<AdminListener | undefined> {
  const registry = createRegistry(version);
  const { host, port } = config.listen.admin;
  try {
    return await listenForOperators(config.listen.admin, {
      metrics: () => supervisor.metrics(registry),
      ready: () => ({
        ready: !draining() && supervisor.edgesReady() > 0,
        detail: {
          draining: draining(),
          edges: supervisor.edgesReady(),
          engine: supervisor.engineReady(),
        },
      }),
    });
  } catch (error) {
    const reason = explainListenError(error, "listen.admin", `${host}:${port}`);
    log.error({ reason: reason instanceof Error ? reason.message : reason }, "no admin listener");
    return undefined;
  }
}

/**
 * The edges share their port among themselves (SO_REUSEPORT), and would share it with another gateway of the same user
 * just as well: so look first, with a socket that does not share.
 */
async function mustBeFree({ host, port }: HostPort, key: string): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once("error", reject);
      probe.listen({ host, port, exclusive: true }, resolve);
    });
  } catch (error) {
    throw explainListenError(error, key, `${host}:${port}`);
  }
  await new Promise((resolve) => probe.close(resolve));
}

/** Node has no Unix datagram sockets; systemd ships a program that speaks to its own. */
function notifySystemd(state: string): void {
  if (process.env["NOTIFY_SOCKET"]) spawnSync("systemd-notify", [state], { stdio: "ignore" });
}
