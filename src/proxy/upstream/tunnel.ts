import {
  type ClientRequest,
  type IncomingMessage,
  request as askHttp,
  type RequestOptions,
  STATUS_CODES,
} from "node:http";
import { request as askHttps } from "node:https";
import type { Socket } from "node:net";
import type { Clock } from "../../model/clock.ts";
import type { Log } from "../../model/log.ts";
import { endToEnd, pairs } from "../fields.ts";
import { ownPage } from "../own-page.ts";
import { join } from "./join.ts";
import type { Origin, Upstream } from "./upstream.ts";

/** An upgrade that a visitor asks for. */
export interface Upgrade {
  readonly path: string;
  /** The protocol, such as `websocket`. */
  readonly upgrade: string;
  readonly fields: readonly string[];
  readonly socket: Socket;
  /** What the visitor sent behind the head. */
  readonly head: Buffer;
}

export interface TunnelPorts {
  readonly clock: Clock;
  readonly log: Log;
  failed(kind: "connect" | "timeout" | "broken"): void;
  /** Called once, with the status of the answer; for 101 at the end of the tunnel. */
  end(status: number): void;
}

export interface TunnelTimes {
  readonly connectMs: number;
  readonly responseMs: number;
  /** How long nothing may come from one side after the other has ended. */
  readonly halfOpenMs: number;
}

/**
 * Passes an upgrade on. After 101 the two connections are one; any other answer is passed back and the connection closed, so
 * that nothing sent ahead is taken for a request. An origin that cannot be reached is passed over for the next.
 */
export function tunnel(
  what: Upgrade,
  upstream: Upstream,
  times: TunnelTimes,
  ports: TunnelPorts,
): void {
  const { socket, head } = what;
  const { clock } = ports;
  const others = upstream.order();
  let asking: ClientRequest | undefined;
  let over = false;
  socket.on("close", () => finish(499));
  ask();

  function finish(status: number): void {
    if (over) return;
    over = true;
    asking?.destroy();
    ports.end(status);
  }
  function refuse(status: 502 | 504): void {
    if (over) return;
    refuseUpgrade(socket, status);
    finish(status);
  }
  function ask(): void {
    const origin = others.shift();
    if (!origin) return refuse(502);
    let connected = false;
    let kind: "connect" | "timeout" | "broken" = "connect";
    let request: ClientRequest;
    try {
      request = requestTo(origin, what);
    } catch (error) {
      ports.log.warn({ err: error }, "an upgrade cannot be sent on");
      return refuse(502);
    }
    asking = request;
    const late = () => {
      kind = "timeout";
      request.destroy(new Error("no answer in time"));
    };
    let limit = clock.after(times.connectMs, late);
    request.on("socket", (to) => {
      to.once("connect", () => {
        connected = true;
        kind = "broken";
        limit[Symbol.dispose]();
        limit = clock.after(times.responseMs, late);
      });
    });
    request.on("error", (error) => {
      limit[Symbol.dispose]();
      if (over) return;
      ports.log.debug({ err: error }, "an upgrade failed");
      ports.failed(kind);
      if (connected) return refuse(kind === "timeout" ? 504 : 502);
      origin.rest();
      ask();
    });
    request.on("response", (answer) => {
      limit[Symbol.dispose]();
      const status = answer.statusCode ?? 0;
      if (status < 200 || status > 999) return refuse(502);
      socket.write(headOf(answer, ["Connection", "close"]), "latin1");
      // An ordinary end would make half an answer look whole.
      answer.on("error", () => socket.resetAndDestroy());
      answer.pipe(socket);
      answer.on("end", () => finish(status));
    });
    request.on("upgrade", (answer, to, first) => {
      limit[Symbol.dispose]();
      if (over) {
        to.destroy();
        return;
      }
      const chosen = answer.headers.upgrade ?? what.upgrade;
      socket.write(headOf(answer, ["Connection", "Upgrade", "Upgrade", chosen]), "latin1");
      if (first.length > 0) socket.write(first);
      if (head.length > 0) to.write(head);
      over = true;
      join(socket, to, { clock, halfOpenMs: times.halfOpenMs, end: () => ports.end(101) });
    });
    request.end();
  }
}

/** Refuses an upgrade with a page of our own. */
export function refuseUpgrade(socket: Socket, status: number): void {
  if (!socket.writable) return;
  const page = ownPage(status);
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nContent-Type: text/html; charset=utf-8\r\n`;
  socket.end(
    `${head}Cache-Control: no-store\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(page)}\r\n\r\n${page}`,
  );
}

function requestTo({ url }: Origin, { path, upgrade, fields }: Upgrade): ClientRequest {
  const ask = url.protocol === "https:" ? askHttps : askHttp;
  const options: RequestOptions & { readonly allowHalfOpen: boolean } = {
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port,
    method: "GET",
    path,
    headers: [...fields, "Connection", "Upgrade", "Upgrade", upgrade],
    agent: false,
    // One side may end while the other still speaks.
    allowHalfOpen: true,
  };
  return ask(options);
}

function headOf(answer: IncomingMessage, more: readonly string[]): string {
  const lines = [...pairs([...endToEnd(answer.rawHeaders), ...more])].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `HTTP/1.1 ${answer.statusCode ?? 502} ${answer.statusMessage ?? ""}\r\n${lines.join("")}\r\n`;
}
