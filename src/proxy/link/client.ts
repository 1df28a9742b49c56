import { createHmac, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import type { Clock, Timer } from "../../model/clock.ts";
import type { Log } from "../../model/log.ts";
import type { VisitorFacts } from "../../model/visitor.ts";
import type { EdgeMetrics } from "../ports.ts";
import { createHeld } from "./held.ts";
import { createHeldFacts } from "./held-facts.ts";
import { readLines } from "./lines.ts";
import {
  type EngineMessage,
  LINK_VERSION,
  type NextPage,
  type PendingInvitation,
} from "./messages.ts";
import { createOutbox } from "./outbox.ts";
import { parseEngineMessage } from "./schema.ts";
import type { OwnOfHit, TellsAsker } from "./told-hit.ts";

/** The edge's end of the link. Nothing here waits. */
export interface LinkClient extends Disposable {
  hit(by: TellsAsker, hit: OwnOfHit): void;
  /** Tells the engine, once for each invitation. */
  shown(invitationId: string): void;
  /** Takes the visitor's next page, once, and tells the engine. */
  takeNextPage(site: string, keys: readonly string[]): NextPage | undefined;
  pending(site: string, keys: readonly string[]): PendingInvitation | undefined;
  facts(site: string, visitorId: string): VisitorFacts | undefined;
  /** Address and User-Agent (as much of it as a hit has), hashed with the salt of the day: 22 characters. */
  addressKey(address: string, userAgent: string): string;
  /** The salt of the day: when it changes, address keys do. */
  salt(): string;
}

const BATCH_MS = 10;
const BATCH_HITS = 64;
const MOST_HITS = 4096;
const MOST_HELD = 10_000;
const MOST_AGENT_CHARACTERS = 512;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5000;
/** An engine that takes the connection and says nothing is stuck. */
const WELCOME_MS = 5000;

/** Connects to the engine, again and again with growing pauses, until disposed. */
export function connectToEngine(
  path: string,
  edge: string,
  ports: { clock: Clock; log: Log; metrics: Pick<EdgeMetrics, "hitsDropped" | "linkUp"> },
): LinkClient {
  const { clock, log, metrics } = ports;
  const pending = createHeld<PendingInvitation>(clock, MOST_HELD);
  const nextPages = createHeld<NextPage>(clock, MOST_HELD);
  const facts = createHeldFacts(clock, MOST_HELD);
  const outbox = createOutbox({ hits: MOST_HITS, notes: MOST_HELD, batch: BATCH_HITS });
  /** Invitations that were told to be shown, pages that were used up: an engine may not know it yet. */
  const told = new Set<string>();
  const used = new Set<string>();
  let salt = randomBytes(32).toString("base64url");
  let socket: Socket | undefined;
  let welcome = false;
  let blocked = false;
  let retryMs = FIRST_RETRY_MS;
  let batch: Timer | undefined;
  let wait: Timer | undefined;
  let ended = false;
  open();

  function open() {
    const mine = connect(path);
    socket = mine;
    wait = clock.after(WELCOME_MS, () => mine.destroy());
    mine.on("connect", () => send(JSON.stringify({ type: "hello", version: LINK_VERSION, edge })));
    mine.on("error", (error) => log.debug({ err: error }, "the engine cannot be reached"));
    mine.on("drain", () => {
      blocked = false;
      flush();
    });
    mine.on("close", () => {
      if (welcome) {
        metrics.linkUp(false);
        log.warn({}, "the engine is away");
      }
      welcome = false;
      blocked = false;
      wait?.[Symbol.dispose]();
      if (ended) return;
      wait = clock.after(retryMs, open);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    });
    readLines(mine, (line) => {
      const message = parseEngineMessage(line);
      const fits = message?.type === "welcome" ? message.version === LINK_VERSION : welcome;
      if (message && fits) return receive(message);
      log.warn({ version: LINK_VERSION }, "the engine speaks another language; restart both");
      mine.destroy();
    });
  }
  function receive(message: EngineMessage) {
    switch (message.type) {
      case "welcome":
        pending.clear();
        nextPages.clear();
        facts.clear();
        wait?.[Symbol.dispose]();
        welcome = true;
        retryMs = FIRST_RETRY_MS;
        metrics.linkUp(true);
        log.info({}, "the engine is there");
        newSalt(message.salt);
        flush();
        break;
      case "salt":
        newSalt(message.salt);
        break;
      case "pending":
        pending.put(message.invitation.invitationId, message.invitation);
        break;
      case "withdraw":
        pending.delete(message.invitationId);
        told.delete(message.invitationId);
        break;
      case "next_page":
        if (used.has(message.page.id)) usedUp(message.page.id);
        else nextPages.put(message.page.id, message.page);
        break;
      case "withdraw_page":
        nextPages.delete(message.nextPageId);
        used.delete(message.nextPageId);
        break;
      case "facts":
        facts.learn(message.update);
        break;
      case "forget":
        facts.forget(message.site, message.visitorId);
        break;
    }
  }
  function newSalt(to: string) {
    if (to === salt) return;
    salt = to;
    outbox.rekey(addressKey);
  }
  function usedUp(nextPageId: string) {
    remember(used, nextPageId);
    outbox.note({ type: "sent_on", nextPageId });
    flush();
  }
  function send(message: string) {
    if (socket && !socket.write(`${message}\n`)) blocked = true;
  }
  const next = () => (welcome && !blocked ? outbox.take() : undefined);
  function flush() {
    batch?.[Symbol.dispose]();
    batch = undefined;
    for (let message = next(); message; message = next()) send(message);
  }
  function addressKey(address: string, userAgent: string) {
    const agent = userAgent.slice(0, MOST_AGENT_CHARACTERS);
    const hash = createHmac("sha256", salt).update(`${address}\0${agent}`).digest();
    return hash.subarray(0, 16).toString("base64url");
  }
  return {
    hit(by, hit) {
      if (!outbox.hit(by, hit)) return metrics.hitsDropped(1);
      if (outbox.hits() % BATCH_HITS === 0) flush();
      else batch ??= clock.after(BATCH_MS, flush);
    },
    shown(invitationId) {
      if (told.has(invitationId)) return;
      remember(told, invitationId);
      outbox.note({ type: "shown", invitationId });
      flush();
    },
    takeNextPage(site, keys) {
      const page = nextPages.find(site, keys);
      if (!page) return undefined;
      nextPages.delete(page.id);
      usedUp(page.id);
      return page;
    },
    pending: (site, keys) => pending.find(site, keys),
    facts: (site, visitorId) => facts.of(site, visitorId),
    addressKey,
    salt: () => salt,
    [Symbol.dispose]() {
      flush();
      ended = true;
      batch?.[Symbol.dispose]();
      wait?.[Symbol.dispose]();
      socket?.end();
      socket?.unref();
    },
  };
}

/** Adds to a set that never becomes too large: the oldest goes. */
function remember(ids: Set<string>, id: string): void {
  const [oldest] = ids;
  if (ids.size >= MOST_HELD && oldest !== undefined) ids.delete(oldest);
  ids.add(id);
}
