import { createHmac, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import type { Clock, Timer } from "../../model/clock.ts";
import type { Hit } from "../../model/hit.ts";
import type { Log } from "../../model/log.ts";
import type { VisitorFacts } from "../../model/visitor.ts";
import type { EdgeMetrics } from "../ports.ts";
import { createHeld } from "./held.ts";
import { readLines } from "./lines.ts";
import {
  type EdgeMessage,
  type EngineMessage,
  type FactsUpdate,
  LINK_VERSION,
  type NextPage,
  type PendingInvitation,
} from "./messages.ts";
import { parseEngineMessage } from "./schema.ts";

/** The edge's end of the link. Nothing here waits. */
export interface LinkClient extends Disposable {
  hit(hit: Hit): void;
  shown(invitationId: string): void;
  /** Takes the visitor's next page, once, and tells the engine. */
  takeNextPage(site: string, keys: readonly string[]): NextPage | undefined;
  pending(site: string, keys: readonly string[]): PendingInvitation | undefined;
  facts(site: string, keys: readonly string[]): VisitorFacts | undefined;
  /** Address and User-Agent, hashed with the salt of the day: 22 characters. */
  addressKey(address: string, userAgent: string): string;
}

const BATCH_MS = 20;
const BATCH_HITS = 64;
const MOST_HITS = 4096;
const MOST_HELD = 10_000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5000;

/** Connects to the engine, again and again with growing pauses, until disposed. */
export function connectToEngine(
  path: string,
  edge: string,
  ports: { clock: Clock; log: Log; metrics: Pick<EdgeMetrics, "hitsDropped" | "linkUp"> },
): LinkClient {
  const { clock, log, metrics } = ports;
  const pending = createHeld<PendingInvitation>(clock, MOST_HELD);
  const nextPages = createHeld<NextPage>(clock, MOST_HELD);
  const facts = createHeld<FactsUpdate>(clock, MOST_HELD);
  const told = new Set<string>();
  let salt = randomBytes(32).toString("base64url");
  let hits: Hit[] = [];
  let dropped = 0;
  let socket: Socket | undefined;
  let welcome = false;
  let blocked = false;
  let retryMs = FIRST_RETRY_MS;
  let batch: Timer | undefined;
  let retry: Timer | undefined;
  let ended = false;
  open();

  function open() {
    if (ended) return;
    const mine = connect(path);
    socket = mine;
    mine.on("connect", () => send({ type: "hello", version: LINK_VERSION, edge }));
    mine.on("error", (error) => log.debug({ err: error }, "the engine is away"));
    mine.on("drain", () => {
      blocked = false;
      flush();
    });
    mine.on("close", () => {
      if (welcome) metrics.linkUp(false);
      welcome = false;
      blocked = false;
      if (ended) return;
      retry = clock.after(retryMs, open);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    });
    readLines(mine, (line) => {
      const message = parseEngineMessage(line);
      if (message) receive(message);
      else mine.destroy();
    });
  }
  function receive(message: EngineMessage) {
    switch (message.type) {
      case "welcome":
        salt = message.salt;
        pending.replace(message.pending.map((p) => [p.invitationId, p]));
        nextPages.replace(message.nextPages.map((p) => [p.id, p]));
        facts.replace(message.facts.map((f) => [factsId(f), f]));
        welcome = true;
        retryMs = FIRST_RETRY_MS;
        metrics.linkUp(true);
        flush();
        break;
      case "salt":
        salt = message.salt;
        break;
      case "pending":
        pending.put(message.invitation.invitationId, message.invitation);
        break;
      case "withdraw":
        pending.delete(message.invitationId);
        nextPages.delete(message.invitationId);
        told.delete(message.invitationId);
        break;
      case "next_page":
        nextPages.put(message.page.id, message.page);
        break;
      case "facts":
        facts.put(factsId(message.update), message.update);
        break;
    }
  }
  function send(message: EdgeMessage) {
    if (socket && !socket.write(`${JSON.stringify(message)}\n`)) blocked = true;
  }
  function flush() {
    batch?.[Symbol.dispose]();
    batch = undefined;
    while (welcome && !blocked && hits.length > 0) {
      send({ type: "hits", hits: hits.slice(0, BATCH_HITS), dropped });
      hits = hits.slice(BATCH_HITS);
      dropped = 0;
    }
  }
  return {
    hit(hit) {
      if (hits.length >= MOST_HITS) {
        dropped++;
        metrics.hitsDropped(1);
        return;
      }
      hits.push(hit);
      if (hits.length >= BATCH_HITS) flush();
      else batch ??= clock.after(BATCH_MS, flush);
    },
    shown(invitationId) {
      if (!welcome || told.has(invitationId)) return;
      if (told.size >= MOST_HELD) told.clear();
      told.add(invitationId);
      send({ type: "shown", invitationId });
    },
    takeNextPage(site, keys) {
      const page = nextPages.find(site, keys);
      if (!page) return undefined;
      nextPages.delete(page.id);
      if (welcome) send({ type: "sent_on", nextPageId: page.id });
      return page;
    },
    pending: (site, keys) => pending.find(site, keys),
    facts: (site, keys) => facts.find(site, keys)?.facts,
    addressKey(address, userAgent) {
      const hash = createHmac("sha256", salt).update(`${address}\0${userAgent}`).digest();
      return hash.subarray(0, 16).toString("base64url");
    },
    [Symbol.dispose]() {
      flush();
      ended = true;
      batch?.[Symbol.dispose]();
      retry?.[Symbol.dispose]();
      socket?.end();
      socket?.unref();
    },
  };
}

const factsId = (update: FactsUpdate) => `${update.site} ${update.keys[0] ?? ""}`;
