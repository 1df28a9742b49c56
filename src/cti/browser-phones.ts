/**
 * Telephones in browsers: one line each, which lives as long as its browser is connected, and a relay for its signalling. The
 * browser reaches the exchange over us only, with keys of one use; media goes straight between the two.
 */
import { randomBytes } from "node:crypto";
import { type RawData, WebSocket } from "ws";
import type { Clock, Timer } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import { mayPass, tellsRegistered } from "./sip-guard.ts";
import { type BrowserLines, type LineKeys, SwitchError } from "./switch.ts";

/** Told of lines that are gone because their browsers are. */
export interface BrowserPhoneObserver {
  changed(line: string, state: "ready" | "away" | "gone"): void;
}

export interface BrowserPhones extends AsyncDisposable {
  /** Makes the line, with a new password; nothing when the exchange cannot. The browser must connect soon. */
  open(line: string): Promise<LineKeys | undefined>;
  /** The signalling of a line's browser, an open WebSocket; closed at once when there is no such line. */
  connect(line: string, browser: WebSocket): void;
  /** Whether the line can be called. */
  ready(line: string): boolean;
  close(line: string): void;
}

/** A browser may be cut off for so long: a change of networks, a lift. */
const AWAY_MS = 20_000;
const MOST_LINES = 500;
const MOST_MESSAGE_BYTES = 64 * 1024;
/** A browser's signalling for a call is about 20 messages; a refresh now and then. */
const MESSAGES = { most: 60, windowMs: 10_000 };
const GOING_AWAY = 1001;
const NOT_ALLOWED = 1008;

interface Line {
  user: string;
  ready: boolean;
  away: Timer | undefined;
  wires: { readonly browser: WebSocket; readonly exchange: WebSocket } | undefined;
}

export function createBrowserPhones(
  lines: BrowserLines | undefined,
  ports: { readonly clock: Clock; readonly log: Log; readonly observer: BrowserPhoneObserver },
): BrowserPhones {
  const { clock, log, observer } = ports;
  const open = new Map<string, Line>();

  const left = (name: string, line: Line) => {
    line.ready = false;
    line.away?.[Symbol.dispose]();
    line.away = clock.after(AWAY_MS, () => forget(name));
  };
  const forget = (name: string) => {
    const line = open.get(name);
    if (!line) return;
    open.delete(name);
    line.away?.[Symbol.dispose]();
    line.wires?.browser.close(GOING_AWAY);
    // First the call, then what it goes over: the exchange would keep an endpoint that is in use.
    observer.changed(name, "gone");
    removed(lines?.close(name));
  };
  const removed = (done: Promise<void> | undefined) => {
    done?.catch((error: unknown) => log.error({ err: error }, "a browser's line was not removed"));
  };

  function relay(name: string, line: Line, browser: WebSocket, signalling: string): void {
    const exchange = new WebSocket(signalling, "sip", {
      perMessageDeflate: false,
      handshakeTimeout: 5_000,
      maxPayload: MOST_MESSAGE_BYTES,
    });
    line.wires?.browser.close(GOING_AWAY);
    const wires = { browser, exchange };
    line.wires = wires;
    line.away?.[Symbol.dispose]();
    line.away = undefined;
    const early: string[] = [];
    let [count, since] = [0, clock.nowMs()];

    browser.on("message", (data: RawData) => {
      const text = (data as Buffer).toString("utf8");
      const now = clock.nowMs();
      if (now - since > MESSAGES.windowMs) [count, since] = [0, now];
      if (++count > MESSAGES.most || !mayPass(text, line.user)) {
        log.warn({ count }, "a browser said to the exchange what it may not");
        return browser.close(NOT_ALLOWED, "not allowed");
      }
      if (exchange.readyState === WebSocket.OPEN) exchange.send(text);
      else if (exchange.readyState === WebSocket.CONNECTING) early.push(text);
    });
    exchange.on("open", () => {
      for (const text of early.splice(0)) exchange.send(text);
    });
    exchange.on("message", (data: RawData) => {
      const text = (data as Buffer).toString("utf8");
      if (browser.readyState === WebSocket.OPEN) browser.send(text);
      if (line.wires !== wires || line.ready || !tellsRegistered(text)) return;
      line.ready = true;
      observer.changed(name, "ready");
    });
    browser.on("close", () => {
      exchange.close();
      if (line.wires !== wires) return;
      line.wires = undefined;
      if (open.get(name) !== line) return;
      left(name, line);
      observer.changed(name, "away");
    });
    exchange.on("close", () => browser.close(GOING_AWAY));
    for (const wire of [browser, exchange]) {
      wire.on("error", (error: NodeJS.ErrnoException) => {
        log.debug({ code: error.code }, "the signalling of a browser broke");
        wire.terminate();
      });
    }
  }

  return {
    async open(name) {
      if (!lines || (open.size >= MOST_LINES && !open.has(name))) return undefined;
      try {
        const keys = await lines.open(name, randomBytes(18).toString("base64url"));
        const line = open.get(name) ?? {
          user: "",
          ready: false,
          away: undefined,
          wires: undefined,
        };
        line.user = keys.user;
        open.set(name, line);
        if (!line.wires) left(name, line);
        return keys;
      } catch (error) {
        if (!(error instanceof SwitchError)) throw error;
        return undefined;
      }
    },
    connect(name, browser) {
      const line = open.get(name);
      if (lines && line) relay(name, line, browser, lines.signalling);
      else browser.close(NOT_ALLOWED, "no such line");
    },
    ready: (name) => open.get(name)?.ready ?? false,
    close: forget,
    async [Symbol.asyncDispose]() {
      const closing = [...open];
      open.clear();
      for (const [name, line] of closing) {
        line.away?.[Symbol.dispose]();
        line.wires?.browser.close(GOING_AWAY);
        await lines?.close(name);
      }
    },
  };
}
