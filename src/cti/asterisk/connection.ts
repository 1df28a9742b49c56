import { type RawData, WebSocket } from "ws";
import type { Clock, Timer } from "../../model/clock.ts";
import type { Log } from "../../model/log.ts";
import { SwitchError } from "../switch.ts";
import { type AriEvent, parseJson, parseMessage } from "./messages.ts";

/** How to reach Asterisk, as configured. */
export interface AriAddress {
  /** `http://host:port/ari`. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** The Stasis application that we are. */
  readonly application: string;
}

export interface AriReply {
  readonly status: number;
  readonly body: unknown;
}

export interface AriListener {
  /** Connected: requests go through now. */
  opened(): void;
  event(event: AriEvent): void;
  /** The connection is lost, or could not be made the first time. */
  closed(): void;
}

/**
 * One WebSocket to Asterisk, for events and, both ways, for requests (ARI "REST over WebSocket"): so an event never
 * overtakes the answer to a request that came before it. Connects again by itself.
 */
export interface AriConnection extends AsyncDisposable {
  /**
   * @param path without the leading slash, its variable parts encoded
   * @throws {SwitchError} `WL_SWITCH_DOWN` when there is no connection, or it breaks before the answer
   */
  request(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    parameters?: { readonly query?: Readonly<Record<string, string>>; readonly body?: object },
  ): Promise<AriReply>;
  /** Breaks the connection, which does not behave; it is made anew after the longest pause. */
  reconnect(): void;
}

interface Waiting {
  readonly limit: Timer;
  resolve(reply: AriReply): void;
  reject(error: SwitchError): void;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;
const HANDSHAKE_LIMIT_MS = 5_000;
const ANSWER_LIMIT_MS = 5_000;
/** As often we look whether the other end still answers. */
const PING_EVERY_MS = 10_000;

export function connectAri(
  address: AriAddress,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  listener: AriListener,
): AriConnection {
  const waiting = new Map<string, Waiting>();
  const shown = { exchange: withoutPassword(address.url), application: address.application };
  let attempt: WebSocket | undefined;
  /** The attempt that has succeeded. */
  let socket: WebSocket | undefined;
  let timer: Timer | undefined;
  let disposed = false;
  let pauseMs = FIRST_PAUSE_MS;
  let requests = 0;
  let lastFailure: string | undefined;

  function connect(): void {
    let failure = "the connection was closed";
    let open = false;
    const one = new WebSocket(eventsUrl(address), {
      auth: `${address.user}:${address.password}`,
      handshakeTimeout: HANDSHAKE_LIMIT_MS,
      perMessageDeflate: false,
    });
    attempt = one;
    one.on("unexpected-response", (_request, response) => {
      failure = explain(response.statusCode ?? 0);
      one.terminate();
    });
    one.on("error", (error: NodeJS.ErrnoException) => {
      if (failure === "the connection was closed") failure = error.code ?? error.message;
    });
    one.on("open", () => {
      open = true;
      socket = one;
      [pauseMs, lastFailure] = [FIRST_PAUSE_MS, undefined];
      log.info(shown, "connected to the telephone exchange");
      keepAlive(one);
      listener.opened();
    });
    one.on("message", heard);
    one.on("close", () => lost(open, failure));
  }

  function lost(wasOpen: boolean, failure: string): void {
    timer?.[Symbol.dispose]();
    socket = undefined;
    for (const asked of waiting.values()) {
      asked.limit[Symbol.dispose]();
      asked.reject(down());
    }
    waiting.clear();
    if (disposed) return;
    const first = lastFailure === undefined;
    // Once for each new reason: an exchange that is away for a night must not fill the log.
    if (failure !== lastFailure) {
      log.warn({ ...shown, failure }, "the telephone exchange cannot be reached; trying again");
    }
    lastFailure = failure;
    timer = clock.after(pauseMs, connect);
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    if (wasOpen || first) listener.closed();
  }

  /** Notices an exchange that is gone without a word. */
  function keepAlive(one: WebSocket): void {
    let answered = true;
    one.on("pong", () => (answered = true));
    const look = () => {
      if (!answered) return one.terminate();
      answered = false;
      one.ping();
      timer = clock.after(PING_EVERY_MS, look);
    };
    timer = clock.after(PING_EVERY_MS, look);
  }

  function heard(data: RawData): void {
    // The library gives one Buffer for a message unless told otherwise.
    const message = parseMessage((data as Buffer).toString("utf8"));
    if (message === undefined) return;
    if (message.type === "ApplicationReplaced") {
      log.error(shown, "another program has connected to the exchange as the same application");
      pauseMs = LONGEST_PAUSE_MS;
    }
    if (message.type !== "RESTResponse") return listener.event(message);
    const body = message.message_body ? parseJson(message.message_body) : undefined;
    const asked = waiting.get(message.request_id);
    if (!asked) return;
    waiting.delete(message.request_id);
    asked.limit[Symbol.dispose]();
    asked.resolve({ status: message.status_code, body });
  }

  connect();
  return {
    request(method, path, { query = {}, body } = {}) {
      const one = socket;
      if (one?.readyState !== WebSocket.OPEN) return Promise.reject(down());
      const requestId = String(++requests);
      const message = {
        type: "RESTRequest",
        transaction_id: requestId,
        request_id: requestId,
        method,
        uri: Object.keys(query).length > 0 ? `${path}?${encoded(query)}` : path,
        ...(body && { content_type: "application/json", message_body: JSON.stringify(body) }),
      };
      return new Promise((resolve, reject) => {
        // Who does not answer is not there: that ends the connection, and this request with it.
        const limit = clock.after(ANSWER_LIMIT_MS, () => one.terminate());
        waiting.set(requestId, { limit, resolve, reject });
        one.send(JSON.stringify(message));
      });
    },
    reconnect() {
      pauseMs = LONGEST_PAUSE_MS;
      socket?.terminate();
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      timer?.[Symbol.dispose]();
      const one = attempt;
      if (!one || one.readyState === WebSocket.CLOSED) return;
      one.close();
      await new Promise<void>((resolve) => {
        const late = clock.after(1_000, () => one.terminate());
        one.once("close", () => {
          late[Symbol.dispose]();
          resolve();
        });
      });
    },
  };
}

/**
 * The body of a reply.
 *
 * @throws {SwitchError} when the exchange refused the request
 */
export function accepted(reply: AriReply): unknown {
  if (reply.status < 300) return reply.body;
  // 404 and 422: no such channel, or not ours to use; 400 says the same of one among several; 409: not with us any more.
  const noSuchLeg = [400, 404, 409, 422].includes(reply.status);
  const code = noSuchLeg ? "WL_SWITCH_NO_SUCH_LEG" : "WL_SWITCH_REFUSED";
  throw new SwitchError(code, `the telephone exchange answered with HTTP status ${reply.status}`);
}

function down(): SwitchError {
  return new SwitchError("WL_SWITCH_DOWN", "the telephone exchange cannot be reached");
}

function eventsUrl({ url, application }: AriAddress): string {
  const base = withoutPassword(url).replace(/^http/, "ws").replace(/\/+$/, "");
  const events = `${base}/events`;
  return `${events}?${encoded({ app: application, subscribeAll: "false" })}`;
}

/** Asterisk does not read + as a blank everywhere, so blanks are written %20. */
function encoded(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query);
  return pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
}

/** User and password are settings of their own; in the URL they would win over these, and reach the log. */
function withoutPassword(url: string): string {
  const shown = new URL(url);
  [shown.username, shown.password] = ["", ""];
  return shown.href;
}

/** Why the handshake was refused, and how to mend it. */
function explain(status: number): string {
  if (status === 401) return "user and password are refused: see switch.user and switch.password";
  if (status === 403) return "the user may not do this: see ari.conf of the exchange";
  if (status === 404) return "there is no ARI at this URL: see switch.url, and ari.conf";
  return `HTTP status ${status}`;
}
