import type { Config } from "../config/schema.ts";
import { type Clock, systemClock } from "../model/clock.ts";
import { createAccessLog } from "../oam/access-log.ts";
import { createLog } from "../oam/log.ts";
import { createRegistry, edgeMetrics } from "../oam/metrics.ts";
import { type EdgeSettings, startEdge } from "../proxy/edge.ts";
import { type KeyRing, openKeyRing } from "../proxy/key-ring.ts";
import { directAccessLog } from "./access-file.ts";
import { tellSupervisor } from "./child-messages.ts";
import { openCertificates, watchCertificates } from "./certificates.ts";
import { openFilesLimit } from "./open-files.ts";
import { explainListenError } from "./lifetime.ts";
import { inheritedSockets } from "./passed-sockets.ts";
import { preparePaths } from "./paths.ts";
import { sitesOf } from "./sites.ts";
import { serveProcess } from "./serve-process.ts";
import { version } from "./version.ts";

/** Runs one edge worker until it is told to stop. */
export async function runEdge(
  first: Config,
  file: string,
  name: string,
  clock: Clock = systemClock,
): Promise<void> {
  let config = first;
  const paths = preparePaths(config);
  const log = createLog(name, config.log.level);
  const registry = createRegistry(version);
  const { http, https } = config.listen;
  const sockets = inheritedSockets(process.env, process.pid);
  using accessLog = createAccessLog(name, clock);
  directAccessLog(accessLog, config);
  const metrics = edgeMetrics(registry);
  const keys = openKeyRing(paths.keyRing);
  const tls = {
    get config() {
      return config;
    },
    selfSigned: paths.selfSigned,
    clock,
    log,
    ends: (site: string, atMs: number) => metrics.certificateEnds(site, atMs / 1000),
  };
  const certificates = https && openCertificates(tls);
  const edge = await startEdge(
    {
      listen: { ...http, fd: sockets.http, proxyProtocol: config.edge.proxyProtocol },
      ...(https && certificates
        ? {
            https: { ...https, fd: sockets.https, certificates, minVersion: config.tls.minVersion },
          }
        : {}),
      reusePort: true,
      limits: { descriptors: openFilesLimit() },
      ...settingsOf(config, keys),
      linkPath: paths.link,
      enginePath: paths.visitors,
      name,
    },
    {
      clock,
      log,
      metrics,
      access: (record) => {
        if (config.edge.accessLog) accessLog.record(record);
      },
    },
  ).catch((error: unknown) => {
    // The system says which of the two it was.
    const isHttps = (error as { port?: number }).port === https?.port;
    const [key, { host, port }] =
      https && isHttps ? ["listen.https", https] : ["listen.http", http];
    throw explainListenError(error, key, `${host}:${port}`);
  });
  using watch =
    certificates && watchCertificates(tls, certificates, (next) => edge.useCertificates(next));
  const use = (next: Config) => {
    const before = config;
    config = next;
    try {
      directAccessLog(accessLog, next);
      watch?.reload();
      edge.use(settingsOf(next, keys));
    } catch (error) {
      config = before;
      throw error;
    }
  };
  const why = await serveProcess({ name, config, log, registry, file, use });
  log.info({ why }, "draining");
  tellSupervisor({ type: "leaving" });
  await edge.drain(config.edge.drain);
  await edge[Symbol.asyncDispose]();
  log.info({}, "stopped");
}

/** What a configuration says to an edge that runs. */
function settingsOf(config: Config, keys: KeyRing): EdgeSettings {
  const { edge, visitors } = config;
  return {
    trustedProxies: edge.trustedProxies,
    sites: sitesOf(config),
    cookie: {
      name: visitors.cookie,
      lifetimeMs: visitors.cookieLifetime,
      visitGapMs: visitors.visitGap,
      keys,
    },
    connectionsPerClient: edge.connectionsPerClient,
    slowestUpload: edge.slowestUpload,
    combinedLog: edge.accessLog && edge.accessLogFormat === "combined",
    timeouts: { connectMs: edge.connectTimeout, responseMs: edge.responseTimeout },
  };
}
