import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Clock } from "../../model/clock.ts";
import type { Hit } from "../../model/hit.ts";
import type { Log } from "../../model/log.ts";
import { createHeld } from "./held.ts";
import { readLines } from "./lines.ts";
import {
  type EngineMessage,
  type FactsUpdate,
  LINK_VERSION,
  type NextPage,
  type PendingInvitation,
} from "./messages.ts";
import { parseEdgeMessage } from "./schema.ts";

/** What the edges tell. */
export interface LinkHandler {
  hits(hits: readonly Hit[], edge: string): void;
  shown(invitationId: string): void;
  sentOn(nextPageId: string): void;
}

/** The engine's end of the link. */
export interface LinkServer extends AsyncDisposable {
  show(invitation: PendingInvitation): void;
  withdraw(invitationId: string): void;
  sendOn(page: NextPage): void;
  learn(update: FactsUpdate): void;
  /** How many edges are connected. */
  edges(): number;
}

const MOST_HELD = 10_000;
const MOST_UNSENT_BYTES = 8 * 1024 * 1024;
const DAY_MS = 86_400_000;

/**
 * Listens for edges on a Unix socket. What is pending is kept and told to every edge that comes later.
 *
 * @throws {Error} with `code` EADDRINUSE when another engine listens there
 */
export async function listenForEdges(
  path: string,
  handler: LinkHandler,
  ports: { clock: Clock; log: Log },
): Promise<LinkServer> {
  const { clock, log } = ports;
  const pending = createHeld<PendingInvitation>(clock, MOST_HELD);
  const nextPages = createHeld<NextPage>(clock, MOST_HELD);
  const facts = createHeld<FactsUpdate>(clock, MOST_HELD);
  const sockets = new Map<Socket, string>();
  let salt = randomSalt();
  let midnight = rotateAtMidnight();

  const server = createServer((socket) => {
    socket.on("error", (error) => log.debug({ err: error }, "an edge's link broke"));
    socket.on("close", () => sockets.delete(socket));
    readLines(socket, (line) => receive(socket, line));
  });
  await listen(server, path);

  function rotateAtMidnight() {
    return clock.after(DAY_MS - (clock.nowMs() % DAY_MS), () => {
      salt = randomSalt();
      broadcast({ type: "salt", salt });
      midnight = rotateAtMidnight();
    });
  }
  function send(socket: Socket, message: EngineMessage) {
    // An edge that reads so slowly is better told everything anew.
    if (socket.writableLength > MOST_UNSENT_BYTES) socket.destroy();
    else socket.write(`${JSON.stringify(message)}\n`);
  }
  function broadcast(message: EngineMessage) {
    for (const socket of sockets.keys()) send(socket, message);
  }
  function receive(socket: Socket, line: string) {
    const message = parseEdgeMessage(line);
    if (!message || (message.type === "hello" && message.version !== LINK_VERSION)) {
      log.warn({ edge: sockets.get(socket) }, "an edge speaks another language; restart it");
      socket.destroy();
      return;
    }
    switch (message.type) {
      case "hello":
        sockets.set(socket, message.edge);
        send(socket, {
          type: "welcome",
          version: LINK_VERSION,
          salt,
          pending: pending.all(),
          nextPages: nextPages.all(),
          facts: facts.all(),
        });
        break;
      case "hits":
        handler.hits(message.hits, sockets.get(socket) ?? "");
        break;
      case "shown":
        handler.shown(message.invitationId);
        break;
      case "sent_on":
        nextPages.delete(message.nextPageId);
        // The other edges must not send the visitor there again.
        broadcast({ type: "withdraw", invitationId: message.nextPageId });
        handler.sentOn(message.nextPageId);
        break;
    }
  }
  return {
    show(invitation) {
      pending.put(invitation.invitationId, invitation);
      broadcast({ type: "pending", invitation });
    },
    withdraw(invitationId) {
      pending.delete(invitationId);
      broadcast({ type: "withdraw", invitationId });
    },
    sendOn(page) {
      nextPages.put(page.id, page);
      broadcast({ type: "next_page", page });
    },
    learn(update) {
      facts.put(`${update.site} ${update.keys[0] ?? ""}`, update);
      broadcast({ type: "facts", update });
    },
    edges: () => sockets.size,
    async [Symbol.asyncDispose]() {
      midnight[Symbol.dispose]();
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const socket of sockets.keys()) socket.destroy();
      await closed;
    },
  };
}

const randomSalt = () => randomBytes(32).toString("base64url");

async function listen(server: Server, path: string): Promise<void> {
  try {
    await tryListen(server, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || (await answers(path)))
      throw error;
    // Left behind by an engine that was killed.
    rmSync(path, { force: true });
    await tryListen(server, path);
  }
}

function tryListen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(true);
    }).on("error", () => resolve(false));
  });
}
