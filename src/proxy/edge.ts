import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import type { Site } from "../model/site.ts";
import { addressOf, beginAccess } from "./access.ts";
import type { Exchange } from "./exchange.ts";
import { framingFault } from "./framing.ts";
import type { KeyRing } from "./key-ring.ts";
import { type EdgeLimits, LIMITS } from "./limits.ts";
import { connectToEngine, type LinkClient } from "./link/client.ts";
import { listen, type Running } from "./listener.ts";
import { answerAllowed, answerAndClose, answerItself } from "./own-page.ts";
import { run, upgrade } from "./pipeline.ts";
import type { AccessRecord, EdgeMetrics } from "./ports.ts";
import { hostOf, pathOf } from "./target.ts";
import { createUpstream, type Upstream } from "./upstream/upstream.ts";
import { createVisitorCookie, type VisitorCookie } from "./visitor-cookie.ts";

export interface EdgeOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly reusePort: boolean;
  readonly sites: readonly Site[];
  readonly cookie: {
    readonly name: string;
    readonly lifetimeMs: number;
    readonly visitGapMs: number;
    readonly keys: KeyRing;
  };
  readonly timeouts: { readonly connectMs: number; readonly responseMs: number };
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
  /** Accepts nothing more, finishes what runs, cuts what is left after `withinMs`. */
  drain(withinMs: number): Promise<void>;
}

/** What all requests share. */
export interface EdgeContext {
  readonly options: EdgeOptions;
  readonly limits: EdgeLimits;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: EdgeMetrics;
  readonly link: LinkClient;
  readonly cookie: VisitorCookie;
  readonly engine: Upstream;
  siteOf(host: string): { readonly site: Site; readonly upstream: Upstream } | undefined;
}

/**
 * Serves the sites.
 *
 * @throws {Error} with the system's `code`, such as EADDRINUSE, when it cannot listen
 */
export async function startEdge(options: EdgeOptions, ports: EdgePorts): Promise<Edge> {
  const { clock, log, metrics } = ports;
  const limits = { ...LIMITS, ...options.limits };
  const byHost = new Map<string, { site: Site; upstream: Upstream }>();
  const upstreams: Upstream[] = [];
  for (const site of options.sites) {
    const upstream = createUpstream({ origins: site.origins, ...options.timeouts, limits, clock });
    upstreams.push(upstream);
    for (const host of site.hosts) byHost.set(host, { site, upstream });
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
  const listener = await listen(
    { ...options.listen, reusePort: options.reusePort, limits },
    {
      clock,
      log,
      openConnections: (change) => metrics.openConnections(change),
      request: handle,
      upgrade(request, socket, head) {
        try {
          upgrade(edge, request, socket, head, beginAccess(request, socket, ports));
        } catch (error) {
          log.error({ err: error }, "an upgrade failed");
          socket.destroy();
        }
      },
    },
  );
  const edge: EdgeContext = {
    options,
    limits,
    clock,
    log,
    metrics,
    link: connectToEngine(options.linkPath, options.name, { clock, log, metrics }),
    cookie: createVisitorCookie(options.cookie.keys),
    engine,
    siteOf: (host) => byHost.get(host),
  };

  function handle(request: IncomingMessage, response: ServerResponse): Running {
    const x = exchangeOf(edge, request, response);
    const end = beginAccess(request, request.socket, ports);
    response.once("close", () => end(x.site?.name ?? "", response.statusCode, x.endless));
    const path = pathOf(request);
    if (framingFault(request) !== undefined) answerAndClose(response, 400);
    else if (request.method === "TRACE") answerAndClose(response, 405);
    else if (request.method === "OPTIONS" && request.url === "*") answerAllowed(response);
    else if (path === undefined) answerAndClose(response, 400);
    else {
      request.url = path;
      try {
        run(x);
      } catch (error) {
        log.error({ err: error, site: x.site?.name }, "a phase failed");
        answerItself(response, 500);
      }
    }
    return x;
  }
  return {
    address: listener.address,
    drain: (withinMs) => listener.drain(withinMs),
    async [Symbol.asyncDispose]() {
      await listener.close();
      edge.link[Symbol.dispose]();
      await Promise.all([...upstreams, engine].map((upstream) => upstream.destroy()));
    },
  };
}

function exchangeOf(
  edge: EdgeContext,
  request: IncomingMessage,
  response: ServerResponse,
): Exchange {
  return {
    edge,
    request,
    response,
    startedMs: edge.clock.nowMs(),
    address: addressOf(request.socket),
    host: hostOf(request),
    site: undefined,
    upstream: undefined,
    fields: [],
    visitor: { cookie: "none", addressKey: "" },
    history: undefined,
    navigation: false,
    pending: undefined,
    validatorCut: false,
    endless: false,
  };
}
