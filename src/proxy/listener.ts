import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import type { Clock, Timer } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import { Admission } from "./admission.ts";
import { arrive } from "./client/arrival.ts";
import { ClientConnections } from "./client/client-connections.ts";
import { type Http2Abuse, Http2Connection } from "./http2/connection.ts";
import type { EdgeLimits } from "./limits.ts";
import {
  terminateTls,
  type TlsOptions,
  type TlsPorts,
  type TlsTerminator,
} from "./tls/terminate.ts";
import { type ConnectionPorts, type InCommon, VisitorConnection } from "./visitor-connection.ts";
import { wireOf } from "./wire/stream-wire.ts";
import { NOBODY, type Wire } from "./wire/wire.ts";

/** An address to listen at. */
export interface ListenAt {
  readonly host: string;
  readonly port: number;
  /** A listening socket that was opened by somebody else: its file descriptor, instead of the address. */
  readonly fd?: number | undefined;
  /** Each connection begins with what a proxy says of it; only trusted ones may connect. */
  readonly proxyProtocol?: boolean;
}

export interface ListenerOptions {
  readonly http: ListenAt;
  readonly https: (ListenAt & TlsOptions) | undefined;
  readonly reusePort: boolean;
  readonly limits: EdgeLimits;
  /** How often time limits are looked at: asked after each look. */
  stepMs(): number;
}

export interface ListenerPorts extends Omit<ConnectionPorts, "closed">, Omit<TlsPorts, "secured"> {
  readonly clock: Clock;
  readonly log: Log;
  openConnections(change: 1 | -1): void;
  /** A connection of HTTP/2 was cut. */
  http2Abused(reason: Http2Abuse): void;
  /** So much time has passed. */
  tick(stepMs: number): void;
}

/** Where visitors connect to. */
export interface Listener {
  readonly address: AddressInfo;
  /** Of HTTPS, when it is offered. */
  readonly httpsAddress: AddressInfo | undefined;
  readonly tls: TlsTerminator | undefined;
  /**
   * Accepts nothing more and lets running answers finish; then event streams are ended. Whatever is left after `withinMs`,
   * tunnels among it, is cut.
   */
  drain(withinMs: number): Promise<void>;
  /** Cuts everything. */
  close(): Promise<void>;
}

/** Who has connected and was not accepted yet. */
const BACKLOG = 4096;
/** How long idle connections may ask once more, so that they learn of the end from an answer. */
const GRACE_MS = 500;
/** Who connects faster than he can be accepted does not keep the end from coming. */
const MOST_TURNS = 10_000;

/**
 * Listens for visitors.
 *
 * @throws {Error} with the system's `code`, such as EADDRINUSE, when it cannot listen
 */
export async function listen(options: ListenerOptions, ports: ListenerPorts): Promise<Listener> {
  const { limits, https, reusePort } = options;
  const { clock, log } = ports;
  /** HTTP/1.1 on wires of any kind, each with what is to be done at its end. */
  const connections = new Map<VisitorConnection, () => void>();
  const http2 = new Set<Http2Connection>();
  const secured = new Set<Socket>();
  /** Of whom the proxy in front has not told yet. */
  const arriving = new Set<Wire>();
  const perClient = new ClientConnections();
  /** Those that came while it is ending. */
  const fresh = new WeakSet<VisitorConnection>();
  const admission = new Admission(limits, {
    ...ports,
    refused: (reason) => ports.edge().metrics.limited("", reason),
  });
  let draining = false;
  /** Told whenever a request or a connection is over. */
  const watchers = new Set<() => void>();
  const changed = () => watchers.forEach((watch) => watch());
  const connectionPorts: ConnectionPorts = {
    ...ports,
    over(x) {
      ports.over(x);
      changed();
    },
    closed(connection) {
      const over = connections.get(connection);
      if (!connections.delete(connection)) return;
      over?.();
      changed();
    },
  };
  const http2Ports = {
    clock,
    limits,
    serve: (wire: Wire, like: InCommon) => void serve(wire, () => undefined, undefined, like),
    abused: (reason: Http2Abuse) => ports.http2Abused(reason),
    closed: (connection: Http2Connection) => void http2.delete(connection),
  };
  const tls = https && terminateTls(https, { ...ports, secured: speak });
  const servers = [
    await openPort({ ...options.http, reusePort, halfOpen: true }, (socket) => {
      if (admission.enter(socket)) begin(wireOf(socket));
      else socket.destroy();
    }),
  ];
  if (https && tls) {
    servers.push(
      // Who leaves in the middle of a handshake is gone; afterwards the wire looks after both ends.
      await openPort({ ...https, reusePort, halfOpen: false }, (socket) => {
        const over = admission.enter(socket) && entered(socket.remoteAddress ?? "");
        if (!over) {
          socket.destroy();
          return;
        }
        secured.add(socket);
        socket.once("close", () => {
          secured.delete(socket);
          over();
        });
        tls.accept(socket);
      }),
    );
  }
  for (const server of servers) {
    // The connection is lost, the process is not. Too many open files are none of these: libuv closes who waits, and says nothing.
    server.on("error", (error) => log.error({ err: error }, "cannot accept"));
  }
  const [address, httpsAddress] = servers.map((server) => server.address() as AddressInfo);
  let ticking = tickAfter(options.stepMs());

  /** Takes who has connected and waits: with the socket he would be reset. */
  async function acceptWaiting(): Promise<void> {
    // The first turn may be over half.
    await nextTurn();
    for (let turns = 0; turns < MOST_TURNS; turns++) {
      const before = admission.asked;
      await nextTurn();
      if (admission.asked === before) return;
    }
  }
  function leave(): void {
    admission.leave();
    changed();
  }
  /** What is to be done at the end of a client's connection; undefined, and done, when he has too many. */
  function entered(address: string): (() => void) | undefined {
    const { options, trusted, metrics } = ports.edge();
    const most = options.connectionsPerClient ?? 0;
    if (most === 0 || trusted.has(address)) return leave;
    if (perClient.enter(address, most)) {
      return () => {
        perClient.leave(address);
        leave();
      };
    }
    metrics.limited("", "connections");
    leave();
    return undefined;
  }
  function welcome(wire: Wire, address = wire.remoteAddress): VisitorConnection | undefined {
    const over = entered(address);
    if (over) return serve(wire, over, address);
    wire.owner = NOBODY;
    wire.destroy(true);
    return undefined;
  }
  function begin(wire: Wire): void {
    if (options.http.proxyProtocol !== true) {
      welcome(wire);
    } else if (!ports.edge().trusted.has(wire.remoteAddress)) {
      wire.destroy(true);
      leave();
    } else {
      arriving.add(wire);
      arrive(wire, clock, limits.headMs, {
        arrived(address, rest) {
          arriving.delete(wire);
          const connection = welcome(wire, address);
          if (connection) rest(connection);
        },
        left() {
          arriving.delete(wire);
          leave();
        },
      });
    }
  }
  /** A TLS session is up: the visitor has chosen his protocol (RFC 7301). */
  function speak(socket: TLSSocket): void {
    if (socket.alpnProtocol !== "h2") {
      serve(wireOf(socket), () => undefined);
      return;
    }
    const connection = new Http2Connection(wireOf(socket), http2Ports);
    http2.add(connection);
    if (draining) connection.close();
  }
  function serve(
    wire: Wire,
    over: () => void,
    address?: string,
    like?: InCommon,
  ): VisitorConnection {
    const connection = new VisitorConnection(wire, connectionPorts, address, like);
    connections.set(connection, over);
    if (draining) {
      connection.endSoon();
      // He has come to ask, perhaps after a long handshake.
      fresh.add(connection);
      clock.after(GRACE_MS, () => {
        fresh.delete(connection);
        changed();
      });
    }
    return connection;
  }
  function tickAfter(stepMs: number): Timer {
    return clock.after(stepMs, () => {
      ticking = tickAfter(options.stepMs());
      ports.tick(stepMs);
      for (const connection of connections.keys()) connection.tick(stepMs);
      for (const connection of http2) connection.tick(stepMs);
    });
  }
  function cut(): void {
    for (const wire of arriving) wire.destroy();
    for (const { wire } of connections.keys()) wire.destroy();
    for (const socket of secured) socket.destroy();
  }
  function gone(): Promise<void> {
    return new Promise((resolve) => {
      const watch = () => {
        if (admission.open === 0) resolve();
      };
      watchers.add(watch);
      watch();
    });
  }
  return {
    address: address as AddressInfo,
    httpsAddress,
    tls,
    async drain(withinMs) {
      draining = true;
      for (const connection of connections.keys()) connection.endSoon();
      for (const connection of http2) connection.close();
      await acceptWaiting();
      for (const server of servers) server.close();
      using _limit = clock.after(withinMs, cut);
      using _grace = clock.after(Math.min(GRACE_MS, withinMs), () => {
        const settle = () => {
          const all = [...connections.keys()];
          for (const one of all) if (one.idle && !fresh.has(one)) one.wire.end();
          if (all.some((connection) => connection.waitedFor)) return;
          for (const { streaming, wire } of all) if (streaming) wire.destroy();
        };
        watchers.add(settle);
        settle();
      });
      await gone();
    },
    async close() {
      ticking[Symbol.dispose]();
      for (const server of servers) server.close();
      cut();
      await gone();
    },
  };
}

/** @throws {Error} with the system's `code`, when it cannot listen */
async function openPort(
  at: ListenAt & { readonly reusePort: boolean; readonly halfOpen: boolean },
  accept: (socket: Socket) => void,
): Promise<Server> {
  const { host, port, fd, reusePort, halfOpen: allowHalfOpen } = at;
  const where = fd === undefined ? { host, port, reusePort, backlog: BACKLOG } : { fd };
  const server = createServer({ allowHalfOpen, pauseOnConnect: true, noDelay: true }, accept);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, BACKLOG, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return server;
}
