import type { AddressInfo } from "node:net";
import type { Clock } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import type { Site } from "../model/site.ts";
import { recordAccess } from "./access.ts";
import { type Networks, networksOf } from "./client/networks.ts";
import type { KeyRing } from "./key-ring.ts";
import { type EdgeLimits, LIMITS } from "./limits.ts";
import { connectToEngine, type LinkClient } from "./link/client.ts";
import { listen, type ListenAt } from "./listener.ts";
import { answerItself } from "./own-page.ts";
import { run } from "./pipeline.ts";
import type { AccessRecord, EdgeMetrics } from "./ports.ts";
import { type SiteRules, siteRules } from "./site-rules.ts";
import type { Certificates } from "./tls/choose.ts";
import type { TlsOptions } from "./tls/terminate.ts";
import { createUpstream, type Upstream, type UpstreamTimeouts } from "./upstream/upstream.ts";
import { createVisitorCookie, type VisitorCookie } from "./visitor-cookie.ts";

export interface EdgeOptions {
  readonly listen: ListenAt;
  /** Networks of proxies in front of us, whose word on who asks is believed. */
  readonly trustedProxies?: readonly string[];
  /** HTTPS, when it is offered. */
  readonly https?: ListenAt & Pick<TlsOptions, "certificates" | "minVersion">;
  readonly reusePort: boolean;
  readonly sites: readonly Site[];
  readonly cookie: {
    readonly name: string;
    readonly lifetimeMs: number;
    readonly visitGapMs: number;
    readonly keys: KeyRing;
  };
  readonly timeouts: UpstreamTimeouts;
  /** Each replaces one of the limits in `limits.ts`. */
  readonly limits?: Partial<EdgeLimits>;
  readonly linkPath: string;
  /** Unix socket of the engine's HTTP server for visitors. */
  readonly enginePath: string;
  readonly name: string;
}

export interface EdgePorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: EdgeMetrics;
  access(record: AccessRecord): void;
}

export interface Edge extends AsyncDisposable {
  readonly address: AddressInfo;
  /** Of HTTPS, when it is offered. */
  readonly httpsAddress: AddressInfo | undefined;
  /** New handshakes get these certificates; connections that are up keep theirs. */
  useCertificates(certificates: Certificates): void;
  /** Accepts nothing more, finishes what runs, cuts what is left after `withinMs`. */
  drain(withinMs: number): Promise<void>;
}

/** What all requests share. */
export interface EdgeContext extends EdgePorts {
  readonly options: EdgeOptions;
  readonly limits: EdgeLimits;
  readonly link: LinkClient;
  readonly cookie: VisitorCookie;
  readonly engine: Upstream;
  readonly trusted: Networks;
  siteOf(host: string): Routed | undefined;
  /** The Date field's value (RFC 9110, section 5.6.7). */
  date(): string;
}

/** A site as requests meet it. */
interface Routed {
  readonly site: Site;
  readonly rules: SiteRules;
  readonly upstream: Upstream;
}

/** Each limit is looked at so many times before it is reached. */
const CHECKS_PER_LIMIT = 4;
const LONGEST_STEP_MS = 1000;

/**
 * Serves the sites.
 *
 * @throws {Error} with the system's `code`, such as EADDRINUSE, when it cannot listen
 * @throws {RangeError} with the one of `trustedProxies` that is no network
 */
export async function startEdge(options: EdgeOptions, ports: EdgePorts): Promise<Edge> {
  const { clock, log, metrics } = ports;
  const limits = { ...LIMITS, ...options.limits };
  const byHost = new Map<string, Routed>();
  const upstreams: Upstream[] = [];
  for (const site of options.sites) {
    const upstream = createUpstream({ origins: site.origins, ...options.timeouts, limits, clock });
    upstreams.push(upstream);
    const rules = siteRules(site, metrics);
    for (const host of site.hosts) byHost.set(host, { site, rules, upstream });
  }
  const engine = createUpstream({
    origins: ["http://engine"],
    connectMs: 1000,
    responseMs: 10_000,
    // Each open event stream of a visitor holds a connection.
    limits: { ...limits, originConnections: limits.connections, originRestMs: 0 },
    clock,
    socketPath: options.enginePath,
  });
  upstreams.push(engine);
  const stepMs = stepOf(limits, options.timeouts);
  const listener = await listen(
    {
      http: options.listen,
      https: options.https && { ...options.https, keys: options.cookie.keys, limits },
      reusePort: options.reusePort,
      limits,
      stepMs,
    },
    {
      clock,
      log,
      openConnections: (change) => metrics.openConnections(change),
      handshake: (version, resumed) => metrics.tlsHandshake(version, resumed),
      handshakeFailed: (reason) => metrics.tlsHandshakeFailed(reason),
      http2Abused: (reason) => metrics.http2Abused(reason),
      edge: () => edge,
      run(x, head, edit, bodyEnd) {
        try {
          run(x, head, edit, bodyEnd);
        } catch (error) {
          log.error({ err: error, site: x.site?.name }, "a phase failed");
          answerItself(x, 500);
        }
      },
      over: recordAccess,
      tick(ms) {
        for (const upstream of upstreams) upstream.tick(ms);
      },
    },
  );
  const edge: EdgeContext = {
    ...ports,
    options,
    limits,
    link: connectToEngine(options.linkPath, options.name, { clock, log, metrics }),
    cookie: createVisitorCookie(options.cookie.keys),
    engine,
    trusted: networksOf(options.trustedProxies ?? []),
    siteOf: (host) => byHost.get(host),
    date: dateOf(clock),
  };
  return {
    address: listener.address,
    httpsAddress: listener.httpsAddress,
    useCertificates: (certificates) => listener.tls?.use(certificates),
    drain: (withinMs) => listener.drain(withinMs),
    async [Symbol.asyncDispose]() {
      await listener.close();
      edge.link[Symbol.dispose]();
      for (const upstream of upstreams) upstream.destroy();
    },
  };
}

/** How often time limits are looked at. */
function stepOf(limits: EdgeLimits, { connectMs, responseMs }: UpstreamTimeouts): number {
  const { headMs, idleMs, stallMs, readerStallMs } = limits;
  const shortest = Math.min(headMs, idleMs, stallMs, readerStallMs, connectMs, responseMs);
  return Math.min(LONGEST_STEP_MS, shortest / CHECKS_PER_LIMIT);
}

/** The date as HTTP writes it, made once a second. */
function dateOf(clock: Clock): () => string {
  let second = -1;
  let date = "";
  return () => {
    const now = Math.floor(clock.nowMs() / 1000);
    if (now !== second) date = new Date(now * 1000).toUTCString();
    second = now;
    return date;
  };
}
