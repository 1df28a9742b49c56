/** An agent's browser and a visitor's, as far as HTTP goes. */
import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket } from "ws";
import type { FeedMessage } from "../../src/desk/protocol.ts";
import { PASSWORD, refOf } from "./stand.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  readonly json: unknown;
}

export function origin({ address, port }: AddressInfo): string {
  return `http://${address}:${port}`;
}

/** An order with the headers a browser on the desk's own page sends. */
export async function post(
  server: AddressInfo,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const response = await fetch(origin(server) + path, {
    method: "POST",
    headers: { "content-type": "application/json", origin: origin(server), ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text,
    json: text.startsWith("{") ? (JSON.parse(text) as unknown) : undefined,
  };
}

/** The cookie of a new log-in. */
export async function logIn(server: AddressInfo, name: string): Promise<string> {
  const reply = await post(server, "/api/login", { name, password: PASSWORD });
  if (reply.status !== 200) throw new Error(`Log-in: ${reply.status} ${reply.text}`);
  return String(reply.headers["set-cookie"]).split(";")[0] ?? "";
}

export interface FeedClient {
  readonly messages: FeedMessage[];
  readonly socket: WebSocket;
  /** Resolves when a message for which `is` holds has come. */
  until(is: (message: FeedMessage) => boolean): Promise<FeedMessage>;
}

export function openFeed(server: AddressInfo, cookie: string, query = ""): Promise<FeedClient> {
  const socket = new WebSocket(`${origin(server).replace("http", "ws")}/feed${query}`, {
    headers: { cookie, origin: origin(server) },
  });
  const messages: FeedMessage[] = [];
  const waiting = new Set<() => void>();
  socket.on("message", (data: Buffer) => {
    messages.push(JSON.parse(data.toString()) as FeedMessage);
    for (const look of waiting) look();
  });
  const client: FeedClient = {
    messages,
    socket,
    until: (is) =>
      new Promise((resolve) => {
        const look = () => {
          const found = messages.find(is);
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(client));
    socket.once("error", reject);
  });
}

/** A request as an edge passes it on, over the Unix socket. */
export function askAsEdge(
  socketPath: string,
  order: {
    method?: string;
    path: string;
    session?: string;
    headers?: Record<string, string>;
    body?: string;
  },
): Promise<Reply> {
  const ref = refOf(order.session ?? "s1");
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        socketPath,
        method: order.method ?? "GET",
        path: order.path,
        headers: {
          host: "shop.example",
          "x-warmline-site": "shop",
          "x-warmline-address": "192.0.2.7",
          "x-warmline-cookie": "returned",
          "x-warmline-visitor": ref.visitorId,
          "x-warmline-address-key": ref.addressKey,
          ...(order.body !== undefined && { "content-length": Buffer.byteLength(order.body) }),
          ...order.headers,
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: text.startsWith("{") ? (JSON.parse(text) as unknown) : undefined,
          }),
        );
      },
    );
    request.on("error", reject);
    request.end(order.body);
  });
}

/** A visitor's event stream over the Unix socket. */
export function openEvents(
  socketPath: string,
  session: string,
): Promise<{ events: unknown[]; head: Reply["headers"]; next(): Promise<unknown>; close(): void }> {
  const ref = refOf(session);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        socketPath,
        path: "/.warmline/events",
        headers: {
          host: "shop.example",
          "x-warmline-site": "shop",
          "x-warmline-address": "192.0.2.7",
          "x-warmline-cookie": "returned",
          "x-warmline-visitor": ref.visitorId,
          "x-warmline-address-key": ref.addressKey,
        },
      },
      (response) => {
        const events: unknown[] = [];
        let taken = 0;
        let rest = "";
        let wake: (() => void) | undefined;
        response.setEncoding("utf8").on("data", (chunk: string) => {
          const parts = (rest + chunk).split("\n\n");
          rest = parts.pop() ?? "";
          for (const part of parts) {
            if (part.startsWith("data: ")) events.push(JSON.parse(part.slice(6)));
          }
          wake?.();
        });
        resolve({
          events,
          head: response.headers,
          async next() {
            while (events.length <= taken) await new Promise<void>((done) => (wake = done));
            return events[taken++];
          },
          close: () => request.destroy(),
        });
      },
    );
    request.on("error", reject);
    request.end();
  });
}
