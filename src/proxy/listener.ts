import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, type Socket, Server as NetServer } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import { hasBody } from "./framing.ts";
import type { EdgeLimits } from "./limits.ts";
import { takeTurns, type Turns } from "./turns.ts";

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly reusePort: boolean;
  readonly limits: EdgeLimits;
}

/** An answer on its way. */
export interface Running {
  /** An event stream: it never ends by itself. */
  readonly endless?: boolean;
}

export interface ListenerPorts {
  readonly clock: Clock;
  readonly log: Log;
  request(request: IncomingMessage, response: ServerResponse): Running;
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
  openConnections(change: 1 | -1): void;
}

/** Where visitors connect to. */
export interface Listener {
  readonly address: AddressInfo;
  /**
   * Accepts nothing more and lets running answers finish; then event streams are ended. Whatever is left after `withinMs`,
   * tunnels among it, is cut.
   */
  drain(withinMs: number): Promise<void>;
  /** Cuts everything. */
  close(): Promise<void>;
}

/** How long idle connections may ask once more, so that they learn of the end from an answer. */
const GRACE_MS = 500;

/**
 * Listens for visitors.
 *
 * @throws {Error} with the system's `code`, such as EADDRINUSE, when it cannot listen
 */
export async function listen(options: ListenerOptions, ports: ListenerPorts): Promise<Listener> {
  const { limits } = options;
  const { clock, log } = ports;
  const sockets = new Map<Socket, Turns>();
  const running = new Map<ServerResponse, Running>();
  let draining = false;
  let settle: (() => void) | undefined;
  const server = createServer(
    {
      headersTimeout: limits.headMs,
      // Uploads may take long; `request-body.ts` sees to it that they go on.
      requestTimeout: 0,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: Math.min(2000, limits.headMs),
      // Node's own refusal would take what stands behind it for a request; `framing.ts` refuses it too.
      requireHostHeader: false,
      shouldUpgradeCallback: isUpgrade,
    },
    handle,
  );
  server.maxRequestsPerSocket = 10_000;
  server.maxConnections = limits.connections;
  // The request's body is asked for when an origin is there to take it.
  server.on("checkContinue", handle);
  server.on("connection", (socket: Socket) => {
    sockets.set(socket, takeTurns(socket));
    ports.openConnections(1);
    socket.on("error", (error) => log.debug({ err: error }, "a visitor's connection broke"));
    socket.on("close", () => {
      sockets.delete(socket);
      ports.openConnections(-1);
    });
  });
  server.on("connect", (_: IncomingMessage, socket: Duplex) => {
    socket.on("error", () => socket.destroy());
    socket.end("HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    ports.upgrade(request, socket as Socket, head);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: options.host, port: options.port, reusePort: options.reusePort }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  // Such as too many open files while accepting: the connection is lost, the process is not.
  server.on("error", (error) => log.error({ err: error }, "cannot accept"));

  function handle(request: IncomingMessage, response: ServerResponse): void {
    response.on("error", (error) => log.debug({ err: error }, "an answer broke"));
    request.on("error", (error) => log.debug({ err: error }, "a request broke"));
    sockets.get(request.socket)?.take(response, () => begin(request, response));
  }
  function begin(request: IncomingMessage, response: ServerResponse): void {
    if (draining) response.shouldKeepAlive = false;
    running.set(response, {});
    response.once("close", () => {
      running.delete(response);
      settle?.();
    });
    running.set(response, ports.request(request, response));
  }
  function cut(): void {
    for (const socket of sockets.keys()) socket.destroy();
  }
  return {
    address: server.address() as AddressInfo,
    async drain(withinMs) {
      draining = true;
      for (const response of running.keys()) {
        if (!response.headersSent) response.shouldKeepAlive = false;
      }
      let gone = false;
      // Not http.Server's own close(): that one cuts idle connections at once, with the requests that are on their way.
      const closed = new Promise<void>((done) =>
        NetServer.prototype.close.call(server, () => {
          gone = true;
          done();
        }),
      );
      using _limit = clock.after(withinMs, cut);
      using _grace = clock.after(Math.min(GRACE_MS, withinMs), () => {
        settle = () => {
          if (gone) return;
          server.closeIdleConnections();
          if ([...running.values()].some((answer) => answer.endless !== true)) return;
          for (const response of running.keys()) response.destroy();
        };
        settle();
      });
      await closed;
      // Ends the timer that looks for slow heads.
      server.close();
    },
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      cut();
      await closed;
    },
  };
}

/** An upgrade to h2c is an ordinary request for us (RFC 9110, section 7.8); one with a body would be ambiguous. */
function isUpgrade(request: IncomingMessage): boolean {
  return (
    request.method === "GET" &&
    request.httpVersion === "1.1" &&
    !hasBody(request) &&
    !/\bh2c\b|\btls\b/i.test(request.headers.upgrade ?? "")
  );
}
