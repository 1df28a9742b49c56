/** The alert feed's wire: WebSockets at `/feed`. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Agent } from "../model/agent.ts";
import type { Clock, Timer } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import type { Desk } from "./desk.ts";
import type { Login } from "./ports.ts";
import { isSameOrigin, loginToken, refuseUpgrade } from "./requests.ts";

export interface FeedSockets extends Disposable {
  /** Takes over a connection that asks for another protocol. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Logged out: the desks of this log-in are cut off. Whether the agent has others, by other log-ins. */
  cut(login: Login): boolean;
}

/** Closing codes of the feed. */
const LOG_IN_AGAIN = 4401;
const TOO_SLOW = 4408;
const HEARTBEAT_MS = 15_000;
/** A reader that has so much before it will not catch up; it may resume later. */
const MOST_BUFFERED_BYTES = 4 * 1024 * 1024;
/** Desks say nothing on the feed. */
const MOST_RECEIVED_BYTES = 1_024;

export function createFeedSockets(
  desk: Pick<Desk, "feed" | "logins" | "presence">,
  ports: { readonly clock: Clock; readonly log: Log },
): FeedSockets {
  const { clock, log } = ports;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_RECEIVED_BYTES,
    perMessageDeflate: false,
  });
  const open = new Set<{ socket: WebSocket; login: Login }>();

  const serve = (socket: WebSocket, agent: Agent, login: Login, address: string, url: URL) => {
    const connection = { socket, login };
    open.add(connection);
    const presence = desk.presence.deskOpened(agent, address);
    let answered = true;
    let heartbeat: Timer | undefined;
    const beat = () => {
      if (!answered) return socket.terminate();
      if (login.expiresMs <= clock.nowMs()) return socket.close(LOG_IN_AGAIN, "log in again");
      answered = false;
      socket.ping();
      heartbeat = clock.after(HEARTBEAT_MS, beat);
    };
    socket.on("pong", () => {
      answered = true;
    });
    socket.on("error", (error) =>
      log.debug({ err: error, agent: agent.name }, "A desk's feed broke"),
    );
    const reading = desk.feed.read(agent.name, since(url), (json) => {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > MOST_BUFFERED_BYTES) {
        log.warn({ agent: agent.name }, "A desk reads its feed too slowly and was cut off");
        socket.close(TOO_SLOW, "too slow");
        socket.terminate();
        return;
      }
      socket.send(json);
    });
    socket.on("close", () => {
      open.delete(connection);
      heartbeat?.[Symbol.dispose]();
      reading[Symbol.dispose]();
      presence[Symbol.dispose]();
    });
    heartbeat = clock.after(HEARTBEAT_MS, beat);
  };

  const admit = async (request: IncomingMessage, socket: Duplex, head: Buffer, url: URL) => {
    try {
      const found = await desk.logins.who(loginToken(request.headers.cookie));
      if (!found) return refuseUpgrade(socket, "401 Unauthorized");
      server.handleUpgrade(request, socket, head, (webSocket) =>
        serve(webSocket, found.agent, found.login, request.socket.remoteAddress ?? "", url),
      );
    } catch (error) {
      log.error({ err: error }, "A log-in could not be looked up");
      refuseUpgrade(socket, "500 Internal Server Error");
    }
  };

  return {
    upgrade(request, socket, head) {
      socket.on("error", () => socket.destroy());
      const url = URL.parse(request.url ?? "", "http://desk.invalid");
      if (url?.pathname !== "/feed") return refuseUpgrade(socket, "404 Not Found");
      if (!isSameOrigin(request.headers)) return refuseUpgrade(socket, "403 Forbidden");
      void admit(request, socket, head, url);
    },
    cut({ agent, tokenHash }) {
      let others = false;
      for (const { socket, login } of open) {
        if (login.tokenHash === tokenHash) socket.close(LOG_IN_AGAIN, "logged out");
        else if (login.agent === agent) others = true;
      }
      return others;
    },
    [Symbol.dispose]() {
      for (const { socket } of open) socket.terminate();
      server.close();
    },
  };
}

function since(url: URL): { epoch: string; after: number } | undefined {
  const epoch = url.searchParams.get("epoch");
  const after = url.searchParams.get("after");
  if (epoch === null || after === null || !/^\d{1,15}$/.test(after)) return undefined;
  return { epoch, after: Number(after) };
}
