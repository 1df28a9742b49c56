import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import type { Site } from "../model/site.ts";
import { cutCookie } from "./cookie-header.ts";
import type { Exchange } from "./exchange.ts";
import { pairs } from "./fields.ts";
import { framingFault, hasBody } from "./framing.ts";
import type { KeyRing } from "./key-ring.ts";
import { connectToEngine, type LinkClient } from "./link/client.ts";
import { answerItself } from "./own-page.ts";
import { forOrigin, run } from "./pipeline.ts";
import type { AccessRecord, EdgeMetrics } from "./ports.ts";
import { tunnel } from "./upstream/tunnel.ts";
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
  const byHost = new Map<string, { site: Site; upstream: Upstream }>();
  const upstreams: Upstream[] = [];
  for (const site of options.sites) {
    const upstream = createUpstream({ origins: site.origins, ...options.timeouts });
    upstreams.push(upstream);
    for (const host of site.hosts) byHost.set(host, { site, upstream });
  }
  const engine = createUpstream({
    origins: ["http://engine"],
    connectMs: 1000,
    responseMs: 10_000,
    socketPath: options.enginePath,
  });
  const sockets = new Set<Duplex>();
  let draining = false;
  const server = createServer(
    {
      headersTimeout: 15_000,
      requestTimeout: 0,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 2000,
      // An h2c upgrade is an ordinary request for us; one with a body would be ambiguous.
      shouldUpgradeCallback: (request) =>
        request.method === "GET" &&
        !hasBody(request) &&
        request.headers.upgrade?.toLowerCase() !== "h2c",
    },
    handle,
  );
  server.maxRequestsPerSocket = 10_000;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    metrics.openConnections(1);
    socket.on("close", () => {
      sockets.delete(socket);
      metrics.openConnections(-1);
    });
  });
  server.on("upgrade", upgrade);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ ...options.listen, reusePort: options.reusePort }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const link = connectToEngine(options.linkPath, options.name, { clock, log, metrics });
  const edge: EdgeContext = {
    options,
    metrics,
    link,
    cookie: createVisitorCookie(options.cookie.keys),
    engine,
    siteOf: (host) => byHost.get(host),
  };

  function handle(request: IncomingMessage, response: ServerResponse): void {
    if (draining) response.shouldKeepAlive = false;
    response.on("error", (error) => log.debug({ err: error }, "a visitor's connection broke"));
    request.on("error", () => undefined);
    if (framingFault(request) !== undefined) {
      answerItself(response, 400, ["Connection", "close"]);
      return;
    }
    const x: Exchange = {
      edge,
      request,
      response,
      startedMs: clock.nowMs(),
      address: addressOf(request),
      host: hostOf(request),
      site: undefined,
      upstream: undefined,
      fields: [],
      visitor: { cookie: "none", addressKey: "" },
      history: undefined,
      navigation: false,
      pending: undefined,
      validatorCut: false,
    };
    // The request forgets its socket when the visitor leaves.
    const { socket } = request;
    const before = socket.bytesWritten;
    response.once("close", () => {
      const durationMs = clock.nowMs() - x.startedMs;
      const method = request.method ?? "";
      const site = x.site?.name ?? "";
      metrics.request(site, method, response.statusCode, durationMs / 1000);
      ports.access({
        site,
        method,
        path: request.url?.split("?", 1)[0] ?? "",
        status: response.statusCode,
        bytes: socket.bytesWritten - before,
        durationMs,
        address: x.address.replace(/[.:][^.:]*$/, ""),
      });
    });
    run(x);
  }
  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const found = byHost.get(hostOf(request));
    const origin = found?.site.origins[0];
    if (!found || origin === undefined || framingFault(request) !== undefined) {
      socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const fields: string[] = [];
    for (const [name, value, lower] of pairs(forOrigin({ request, address: addressOf(request) }))) {
      const rest = lower === "cookie" ? cutCookie(value, options.cookie.name).rest : value;
      if (rest !== undefined) fields.push(name, rest);
    }
    tunnel(request, socket, head, { origin, fields, connectMs: options.timeouts.connectMs });
  }
  async function close(): Promise<void> {
    const closed = new Promise<void>((done) => server.close(() => done()));
    for (const socket of sockets) socket.destroy();
    await closed;
    link[Symbol.dispose]();
    await Promise.all([...upstreams, engine].map((upstream) => upstream.destroy()));
  }
  return {
    address: server.address() as AddressInfo,
    async drain(withinMs) {
      draining = true;
      await new Promise<void>((resolve) => {
        const limit = clock.after(withinMs, () => {
          for (const socket of sockets) socket.destroy();
        });
        server.close(() => {
          limit[Symbol.dispose]();
          resolve();
        });
        server.closeIdleConnections();
      });
    },
    [Symbol.asyncDispose]: close,
  };
}

const addressOf = (request: IncomingMessage) =>
  (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");

const hostOf = (request: IncomingMessage) =>
  (request.headers.host ?? "").toLowerCase().replace(/:\d*$/, "");
