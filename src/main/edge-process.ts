import type { Config } from "../config/schema.ts";
import { type Clock, systemClock } from "../model/clock.ts";
import { createAccessLog } from "../oam/access-log.ts";
import { createLog } from "../oam/log.ts";
import { createRegistry, edgeMetrics } from "../oam/metrics.ts";
import { startEdge } from "../proxy/edge.ts";
import { openKeyRing } from "../proxy/key-ring.ts";
import { openCertificates, watchCertificates } from "./certificates.ts";
import { explainListenError } from "./lifetime.ts";
import { preparePaths } from "./paths.ts";
import { sitesOf } from "./sites.ts";
import { serveProcess } from "./serve-process.ts";
import { version } from "./version.ts";

/** Runs one edge worker until it is told to stop. */
export async function runEdge(
  config: Config,
  name: string,
  clock: Clock = systemClock,
): Promise<void> {
  const paths = preparePaths(config);
  const log = createLog(name, config.log.level);
  const registry = createRegistry(version);
  const { http, https } = config.listen;
  using accessLog = config.edge.accessLog ? createAccessLog(name, clock) : undefined;
  const metrics = edgeMetrics(registry);
  const tls = {
    config,
    selfSigned: paths.selfSigned,
    clock,
    log,
    ends: (site: string, atMs: number) => metrics.certificateEnds(site, atMs / 1000),
  };
  const certificates = https && openCertificates(tls);
  const edge = await startEdge(
    {
      listen: { ...http, proxyProtocol: config.edge.proxyProtocol },
      trustedProxies: config.edge.trustedProxies,
      ...(https && certificates
        ? { https: { ...https, certificates, minVersion: config.tls.minVersion } }
        : {}),
      reusePort: true,
      sites: sitesOf(config),
      cookie: {
        name: config.visitors.cookie,
        lifetimeMs: config.visitors.cookieLifetime,
        visitGapMs: config.visitors.visitGap,
        keys: openKeyRing(paths.keyRing),
      },
      timeouts: { connectMs: config.edge.connectTimeout, responseMs: config.edge.responseTimeout },
      linkPath: paths.link,
      enginePath: paths.visitors,
      name,
    },
    {
      clock,
      log,
      metrics,
      access: (record) => accessLog?.record(record),
    },
  ).catch((error: unknown) => {
    // The system says which of the two it was.
    const isHttps = (error as { port?: number }).port === https?.port;
    const [key, { host, port }] =
      https && isHttps ? ["listen.https", https] : ["listen.http", http];
    throw explainListenError(error, key, `${host}:${port}`);
  });
  using _watch =
    certificates && watchCertificates(tls, certificates, (next) => edge.useCertificates(next));
  const why = await serveProcess({ name, config, log, registry });
  log.info({ why }, "draining");
  await edge.drain(config.edge.drain);
  await edge[Symbol.asyncDispose]();
  log.info({}, "stopped");
}
