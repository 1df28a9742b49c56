import { randomBytes } from "node:crypto";
import { lstatSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Clock } from "../../model/clock.ts";
import type { Hit } from "../../model/hit.ts";
import type { Log } from "../../model/log.ts";
import { broughtUp } from "../../model/consent.ts";
import { createHeld } from "./held.ts";
import { createHeldFacts } from "./held-facts.ts";
import { readLines } from "./lines.ts";
import {
  type EngineMessage,
  type FactsUpdate,
  LINK_VERSION,
  type NextPage,
  type PendingInvitation,
} from "./messages.ts";
import { parseEdgeMessage, parseEngineMessage } from "./schema.ts";

/** What the edges tell. */
export interface LinkHandler {
  /** `dropped`: how many the edge lost before these. */
  hits(hits: readonly Hit[], edge: string, dropped: number): void;
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
/** More than all that is held. */
const MOST_UNSENT_BYTES = 64 * 1024 * 1024;
const DAY_MS = 86_400_000;

/**
 * Listens for edges on a Unix socket. What is pending is kept and told to every edge that comes later.
 *
 * @param visitGapMs without a page for longer, a visitor's next one begins a new visit
 * @throws {Error} with `code` EADDRINUSE when another engine listens there
 */
export async function listenForEdges(
  path: string,
  handler: LinkHandler,
  visitGapMs: number,
  ports: { clock: Clock; log: Log },
): Promise<LinkServer> {
  const { clock, log } = ports;
  const pending = createHeld<PendingInvitation>(clock, MOST_HELD);
  const nextPages = createHeld<NextPage>(clock, MOST_HELD);
  const facts = createHeldFacts(clock, MOST_HELD);
  /** All connections; those of edges that have said hello by name. */
  const sockets = new Set<Socket>();
  const edges = new Map<Socket, string>();
  let salt = randomSalt();
  let midnight = rotateAtMidnight();

  const server = createServer((socket) => {
    socket.on("error", (error) => log.debug({ err: error }, "an edge's link broke"));
    sockets.add(socket);
    socket.on("close", () => {
      sockets.delete(socket);
      edges.delete(socket);
    });
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
  function send(socket: Socket, line: string) {
    // An edge that reads so slowly is better told everything anew.
    if (socket.writableLength > MOST_UNSENT_BYTES) socket.destroy();
    else socket.write(line);
  }
  /** Tells all edges; false when it is nothing that an edge would take. */
  function broadcast(message: EngineMessage): boolean {
    const line = lineOf(message);
    if (!parseEngineMessage(line)) {
      log.error({ type: message.type }, "the edges would not take this message; it is not sent");
      return false;
    }
    for (const socket of edges.keys()) send(socket, line);
    return true;
  }
  function greet(socket: Socket) {
    send(socket, lineOf({ type: "welcome", version: LINK_VERSION, salt }));
    for (const invitation of pending.all()) send(socket, lineOf({ type: "pending", invitation }));
    for (const page of nextPages.all()) send(socket, lineOf({ type: "next_page", page }));
    for (const update of facts.all()) send(socket, lineOf({ type: "facts", update }));
  }
  function forget(site: string, visitorId: string): void {
    if (facts.of(site, visitorId) === undefined) return;
    facts.forget(site, visitorId);
    broadcast({ type: "forget", site, visitorId });
  }
  /** With the history as the visitor's next cookie will have it. */
  function upToDate(hit: Hit): Hit {
    const { site, kind, visitor, history, atMs, consent, noticed, withdrawn } = hit;
    if (withdrawn !== undefined) forget(site, withdrawn);
    if (!history || visitor.cookie !== "returned") return hit;
    const pages = kind === "page" ? 1 : 0;
    const known = {
      visitGapMs,
      pages,
      consent,
      facts: facts.of(site, history.id),
      noticed,
    } as const;
    const whole = broughtUp(history, atMs, known);
    return { ...hit, ...(whole && { history: whole }) };
  }
  function receive(socket: Socket, line: string) {
    const message = parseEdgeMessage(line);
    const fits = message?.type === "hello" ? message.version === LINK_VERSION : edges.has(socket);
    if (!message || !fits) {
      log.warn(
        { edge: edges.get(socket), version: LINK_VERSION },
        "an edge speaks another language; restart it",
      );
      socket.destroy();
      return;
    }
    switch (message.type) {
      case "hello":
        edges.set(socket, message.edge);
        greet(socket);
        break;
      case "hits": {
        const edge = edges.get(socket) ?? "";
        if (message.dropped > 0) log.warn({ edge, dropped: message.dropped }, "an edge lost hits");
        handler.hits(message.hits.map(upToDate), edge, message.dropped);
        break;
      }
      case "shown":
        handler.shown(message.invitationId);
        break;
      case "sent_on":
        // The other edges must not send the visitor there again.
        broadcast({ type: "withdraw_page", nextPageId: message.nextPageId });
        if (nextPages.delete(message.nextPageId)) handler.sentOn(message.nextPageId);
        break;
    }
  }
  return {
    show(invitation) {
      if (broadcast({ type: "pending", invitation }))
        pending.put(invitation.invitationId, invitation);
    },
    withdraw(invitationId) {
      pending.delete(invitationId);
      broadcast({ type: "withdraw", invitationId });
    },
    sendOn(page) {
      if (broadcast({ type: "next_page", page })) nextPages.put(page.id, page);
    },
    learn(update) {
      if (broadcast({ type: "facts", update })) facts.learn(update);
    },
    edges: () => edges.size,
    async [Symbol.asyncDispose]() {
      midnight[Symbol.dispose]();
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const lineOf = (message: EngineMessage) => `${JSON.stringify(message)}\n`;

const randomSalt = () => randomBytes(32).toString("base64url");

async function listen(server: Server, path: string): Promise<void> {
  try {
    await tryListen(server, path);
  } catch (error) {
    const inUse = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    if (!inUse || !lstatSync(path).isSocket() || (await answers(path))) throw error;
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
