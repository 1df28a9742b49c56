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
import { createRoutes, type Routed } from "./routes.ts";
import type { Certificates } from "./tls/choose.ts";
import type { TlsOptions } from "./tls/terminate.ts";
import { createUpstream, type Upstream, type UpstreamTimeouts } from "./upstream/upstream.ts";
import { createVisitorCookie, type VisitorCookie } from "./visitor-cookie.ts";

/** What may change while an edge runs; each request keeps what it began with. */
export interface EdgeSettings {
  /** Networks of proxies in front of us, whose word on who asks is believed. */
  readonly trustedProxies?: readonly string[];
  readonly sites: readonly Site[];
  readonly cookie: {
    /** The same as long as the edge runs. */
    readonly name: string;
    readonly lifetimeMs: number;
    readonly visitGapMs: number;
    readonly keys: KeyRing;
  };
  readonly timeouts: UpstreamTimeouts;
  /** Connections of one client; 0 or not given: no limit. Trusted proxies have none. */
  readonly connectionsPerClient?: number;
  /** The access log is written in the combined format, which wants to know more of a request. */
  readonly combinedLog?: boolean;
  /** What an upload must reach, bytes a second; 0 or not given: no limit. */
  readonly slowestUpload?: number;
}

export interface EdgeOptions extends EdgeSettings {
  readonly listen: ListenAt;
  /** HTTPS, when it is offered. */
  readonly https?: ListenAt & Pick<TlsOptions, "certificates" | "minVersion">;
  readonly reusePort: boolean;
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
  /**
   * New requests meet these settings; what runs goes on with those it began with.
   *
   * @throws {RangeError} with the one of `trustedProxies` that is no network; then nothing has changed
   */
  use(settings: EdgeSettings): void;
  /** Accepts nothing more, finishes what runs, cuts what is left after `withinMs`. */
  drain(withinMs: number): Promise<void>;
}

/** What all requests share. */
export interface EdgeContext extends EdgePorts {
  readonly options: EdgeSettings;
  readonly limits: EdgeLimits;
  readonly link: LinkClient;
  readonly cookie: VisitorCookie;
  readonly engine: Upstream;
  readonly trusted: Networks;
  siteOf(host: string): Routed | undefined;
  /** The Date field's value (RFC 9110, section 5.6.7). */
  date(): string;
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
  const routes = createRoutes({ clock, limits, log, metrics });
  metrics.origins(() => routes.figures());
  const engine = createUpstream({
    origins: ["http://engine"],
    connectMs: 1000,
    responseMs: 10_000,
    // Each open event stream of a visitor holds a connection.
    limits: { ...limits, originConnections: limits.connections, originRestMs: 0 },
    clock,
    socketPath: options.enginePath,
  });
  const listener = await listen(
    {
      http: options.listen,
      https: options.https && { ...options.https, keys: options.cookie.keys, limits },
      reusePort: options.reusePort,
      limits,
      stepMs: () => stepOf(limits, routes.shortestMs),
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
        routes.tick(ms);
        engine.tick(ms);
      },
    },
  );
  const link = connectToEngine(options.linkPath, options.name, { clock, log, metrics });
  const date = dateOf(clock);
  let edge = contextOf(options);
  function contextOf(settings: EdgeSettings): EdgeContext {
    return {
      ...ports,
      options: settings,
      limits,
      link,
      cookie: createVisitorCookie(settings.cookie.keys),
      engine,
      trusted: networksOf(settings.trustedProxies ?? []),
      siteOf: routes.use(settings.sites, settings.timeouts),
      date,
    };
  }
  return {
    address: listener.address,
    httpsAddress: listener.httpsAddress,
    useCertificates: (certificates) => listener.tls?.use(certificates),
    use(settings) {
      edge = contextOf(settings);
    },
    drain: (withinMs) => listener.drain(withinMs),
    async [Symbol.asyncDispose]() {
      await listener.close();
      link[Symbol.dispose]();
      routes.destroy();
      engine.destroy();
    },
  };
}

/** How often time limits are looked at. */
function stepOf(limits: EdgeLimits, ofOriginsMs: number): number {
  const { headMs, idleMs, stallMs, readerStallMs } = limits;
  const shortest = Math.min(headMs, idleMs, stallMs, readerStallMs, ofOriginsMs);
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
