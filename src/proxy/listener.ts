import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Clock, Timer } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import { arrive } from "./client/arrival.ts";
import type { EdgeLimits } from "./limits.ts";
import { type ConnectionPorts, VisitorConnection } from "./visitor-connection.ts";
import { wireOf } from "./wire/stream-wire.ts";
import type { Wire } from "./wire/wire.ts";

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly reusePort: boolean;
  /** Each connection begins with what a proxy says of it; only trusted ones may connect. */
  readonly proxyProtocol?: boolean;
  readonly limits: Pick<EdgeLimits, "connections" | "headMs">;
  /** How often time limits are looked at. */
  readonly stepMs: number;
}

export interface ListenerPorts extends Omit<ConnectionPorts, "closed"> {
  readonly clock: Clock;
  readonly log: Log;
  openConnections(change: 1 | -1): void;
  /** So much time has passed. */
  tick(stepMs: number): void;
}

/** Where visitors connect to. */
export interface Listener {
  readonly address: AddressInfo;
  /** Serves HTTP/1.1 on a visitor's connection; `address` is the visitor's when the wire does not know it. */
  serve(wire: Wire, address?: string): void;
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
  const { limits, stepMs } = options;
  const { clock, log } = ports;
  const connections = new Set<VisitorConnection>();
  /** Of whom the proxy in front has not told yet. */
  const arriving = new Set<Wire>();
  let draining = false;
  /** Told whenever a request or a connection is over. */
  const watchers = new Set<() => void>();
  const changed = () => watchers.forEach((watch) => watch());
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
  const connectionPorts: ConnectionPorts = {
    ...ports,
    over(x) {
      ports.over(x);
      changed();
    },
    closed(connection) {
      if (!connections.delete(connection)) return;
      ports.openConnections(-1);
      changed();
    },
  };
  server.on("connection", (socket: Socket) => {
    if (connections.size + arriving.size >= limits.connections) return socket.destroy();
    const wire = wireOf(socket);
    if (options.proxyProtocol !== true) return serve(wire);
    if (!ports.edge().trusted.has(wire.remoteAddress)) return wire.destroy(true);
    arriving.add(wire);
    arrive(wire, clock, limits.headMs, {
      arrived(address, rest) {
        arriving.delete(wire);
        rest(serve(wire, address));
      },
      left: () => void arriving.delete(wire),
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(
      { host: options.host, port: options.port, reusePort: options.reusePort, backlog: 4096 },
      () => {
        server.off("error", reject);
        resolve();
      },
    );
  });
  // Such as too many open files while accepting: the connection is lost, the process is not.
  server.on("error", (error) => log.error({ err: error }, "cannot accept"));
  const address = server.address() as AddressInfo;
  let ticking: Timer = clock.after(stepMs, tick);

  function serve(wire: Wire, address?: string): VisitorConnection {
    const connection = new VisitorConnection(wire, connectionPorts, address);
    connections.add(connection);
    ports.openConnections(1);
    if (draining) connection.endSoon();
    return connection;
  }
  function tick(): void {
    ticking = clock.after(stepMs, tick);
    ports.tick(stepMs);
    for (const connection of connections) connection.tick(stepMs);
  }
  function cut(): void {
    for (const wire of arriving) wire.destroy();
    for (const { wire } of connections) wire.destroy();
  }
  function gone(): Promise<void> {
    return new Promise((resolve) => {
      const watch = () => {
        if (connections.size === 0) resolve();
      };
      watchers.add(watch);
      watch();
    });
  }
  return {
    address,
    serve,
    async drain(withinMs) {
      draining = true;
      server.close();
      for (const connection of connections) connection.endSoon();
      using _limit = clock.after(withinMs, cut);
      using _grace = clock.after(Math.min(GRACE_MS, withinMs), () => {
        const settle = () => {
          for (const connection of connections) if (connection.idle) connection.wire.end();
          if ([...connections].some((connection) => connection.waitedFor)) return;
          for (const { streaming, wire } of connections) if (streaming) wire.destroy();
        };
        watchers.add(settle);
        settle();
      });
      await gone();
    },
    async close() {
      ticking[Symbol.dispose]();
      server.close();
      cut();
      await gone();
    },
  };
}
