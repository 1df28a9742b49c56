/** An edge before origins that a test writes byte by byte. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../../src/model/clock.ts";
import type { Site } from "../../src/model/site.ts";
import { type Edge, type EdgeOptions, startEdge } from "../../src/proxy/edge.ts";
import type { AccessRecord } from "../../src/proxy/ports.ts";
import { until } from "../until.ts";
import { plainEdge, silentMetrics } from "./plain-edge.ts";

export interface Stand extends AsyncDisposable {
  readonly edge: Edge;
  readonly port: number;
  readonly url: string;
  readonly access: AccessRecord[];
  /** The kinds of upstream errors that were counted. */
  readonly errors: string[];
  /** Messages of the levels warn and error. */
  readonly complaints: string[];
  /** What was refused by limits: site and reason. */
  readonly limited: string[];
  /** What was counted of TLS and HTTP/2. */
  readonly counted: string[];
  open(): number;
}

/** Starts an edge for one site, `127.0.0.1`, with these origins. Engagement is off: bytes must come out as they went in. */
export async function standBefore(
  origins: readonly string[],
  more: Partial<
    Pick<
      EdgeOptions,
      | "limits"
      | "timeouts"
      | "trustedProxies"
      | "https"
      | "connectionsPerClient"
      | "slowestUpload"
      | "combinedLog"
    >
  > & {
    engagement?: "on" | "off";
    proxyProtocol?: boolean;
    hosts?: readonly string[];
    site?: Pick<Site, "upstream" | "limits" | "https">;
    clock?: Clock;
  } = {},
): Promise<Stand> {
  const directory = mkdtempSync(join(tmpdir(), "data-path-"));
  const access: AccessRecord[] = [];
  const errors: string[] = [];
  const complaints: string[] = [];
  const counted: string[] = [];
  const limited: string[] = [];
  let open = 0;
  const { engagement = "off", proxyProtocol = false, hosts = ["127.0.0.1"], ...rest } = more;
  const { clock = systemClock, site, ...options } = rest;
  const plain = plainEdge(directory, origins, { engagement, hosts, ...site });
  const edge = await startEdge(
    { ...plain, ...options, listen: { ...plain.listen, proxyProtocol } },
    {
      clock,
      log: {
        debug() {},
        info() {},
        warn: (_, message) => void complaints.push(message),
        error: (_, message) => void complaints.push(message),
      },
      access: (record) => void access.push(record),
      metrics: {
        ...silentMetrics,
        upstreamError: (_, __, kind) => void errors.push(kind),
        limited: (site, reason) => void limited.push(`${site} ${reason}`),
        openConnections: (change) => void (open += change),
        tlsHandshake: (version, resumed) => void counted.push(`${version} ${resumed}`),
        tlsHandshakeFailed: (reason) => void counted.push(reason),
        http2Abused: (reason) => void counted.push(reason),
      },
    },
  );
  const { port } = edge.address;
  return {
    edge,
    port,
    url: `http://127.0.0.1:${port}`,
    access,
    errors,
    complaints,
    counted,
    limited,
    open: () => open,
    async [Symbol.asyncDispose]() {
      await edge[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export interface RawOrigin extends AsyncDisposable {
  readonly url: string;
  /** All connections so far, and what came on each. */
  readonly connections: readonly RawConnection[];
}

export interface RawConnection {
  readonly socket: Socket;
  received: string;
}

/** A server that says what the test says; `answer` is called with each piece that comes. */
export async function rawOrigin(
  answer: (connection: RawConnection, all: readonly RawConnection[]) => void,
): Promise<RawOrigin> {
  const connections: RawConnection[] = [];
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = { socket, received: "" };
    connections.push(connection);
    socket.on("error", () => undefined);
    socket.on("data", (piece: Buffer) => {
      connection.received += piece.toString("latin1");
      answer(connection, connections);
    });
    socket.on("end", () => socket.end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections,
    async [Symbol.asyncDispose]() {
      for (const { socket } of connections) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** An origin that answers every whole head with these bytes. */
export function sayingAlways(bytes: string, thenEnd = false): Promise<RawOrigin> {
  return rawOrigin((connection) => {
    const heads = connection.received.split("\r\n\r\n");
    connection.received = heads.pop() ?? "";
    for (const _ of heads) connection.socket.write(bytes, "latin1");
    if (thenEnd && heads.length > 0) connection.socket.end();
  });
}

/** A visitor who writes bytes: `received` grows, `ended` says how the connection ended. */
export function rawVisitor(port: number, bytes = "") {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const visitor = {
    socket,
    received: "",
    ended: undefined as "end" | "reset" | undefined,
    /** All that came until the connection ended. */
    async whole(): Promise<string> {
      await until("the connection to end", () => visitor.ended);
      return visitor.received;
    },
    /** What has come, once it matches. */
    async has(pattern: RegExp): Promise<string> {
      await until(`${pattern}`, () => pattern.test(visitor.received));
      return visitor.received;
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
  socket.on("data", (piece: Buffer) => (visitor.received += piece.toString("latin1")));
  socket.on("end", () => (visitor.ended ??= "end"));
  socket.on("error", () => (visitor.ended ??= "reset"));
  socket.on("close", () => (visitor.ended ??= "reset"));
  if (bytes !== "") socket.write(bytes, "latin1");
  return visitor;
}

/** A request's head for the stand's site. */
export const head = (line: string, ...fields: string[]): string =>
  `${[`${line} HTTP/1.1`, "Host: 127.0.0.1", ...fields].join("\r\n")}\r\n\r\n`;
