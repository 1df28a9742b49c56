import { createServer } from "node:net";
import { spawnSync } from "node:child_process";
import type { Registry } from "prom-client";
import type { HostPort } from "../config/values.ts";
import type { Config } from "../config/schema.ts";
import { systemClock } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import { type AdminListener, listenForOperators } from "../oam/admin.ts";
import { createLog } from "../oam/log.ts";
import { listenForControl } from "../oam/control-socket.ts";
import { createRegistry, reloadMetrics, switchMetrics } from "../oam/metrics.ts";
import { openKeyRing } from "../proxy/key-ring.ts";
import { readCertificates } from "./certificates.ts";
import { createControl } from "./control.ts";
import { placeOf } from "./held-sockets.ts";
import { openKillSwitch } from "./kill-switch.ts";
import { explainListenError, StartError, stopRequested } from "./lifetime.ts";
import { passedSockets } from "./passed-sockets.ts";
import { type Paths, preparePaths } from "./paths.ts";
import { createReloader } from "./reloader.ts";
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
  prepareCertificates(config, paths);
  const sockets = passedSockets(process.env, process.pid);
  if (sockets.https !== undefined && !https) {
    throw new StartError(
      "systemd passes a socket for HTTPS: say so in the configuration, with its address in listen.https",
    );
  }
  if (https && sockets.https === undefined) await mustBeFree(https, "listen.https");
  if (sockets.http === undefined) await mustBeFree(http, "listen.http");
  const stop = stopRequested();
  const killSwitch = openKillSwitch(paths.sitesOff);
  const places = {
    http: sockets.http === undefined ? await placeOf(http) : undefined,
    https: https && sockets.https === undefined ? await placeOf(https) : undefined,
  };
  const supervisor = supervise(killSwitch.over(config), file, log, { sockets, places });
  let draining = false;
  const registry = createRegistry(version);
  const reloads = reloadMetrics(registry);
  const reloader = createReloader(config, {
    file,
    log,
    async apply(next) {
      prepareCertificates(next, paths);
      await supervisor.use(killSwitch.over(next));
    },
    done: ({ ok }) => reloads(ok),
  });
  switchMetrics(registry, () =>
    reloader.config.sites.map(({ name }) => ({ site: name, off: killSwitch.isOff(name) })),
  );
  process.on("SIGHUP", () => void reloader.reload());
  const admin = await adminListener({
    config,
    log,
    supervisor,
    registry,
    draining: () => draining,
  });
  await using _control = await listenForControl(
    paths.control,
    createControl({ reloader, killSwitch, log }),
  );
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

/**
 * Makes the certificate that several edges are going to look for.
 *
 * @throws {StartError} with the file that cannot be used
 */
function prepareCertificates(config: Config, { selfSigned }: Paths): void {
  if (config.listen.https) readCertificates({ config, selfSigned, clock: systemClock });
}

/** Visitors come before operators: without its admin listener the gateway serves all the same. */
async function adminListener(one: {
  readonly config: Config;
  readonly log: Log;
  readonly supervisor: Supervisor;
  readonly registry: Registry;
  readonly draining: () => boolean;
}): Promise<AdminListener | undefined> {
  const { config, log, supervisor, registry, draining } = one;
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
