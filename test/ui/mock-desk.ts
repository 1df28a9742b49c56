/** A small engine for the desk: speaks the feed's protocol, obeys the orders the tests need, and tells what it was told. */
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import fastify from "fastify";
import { WebSocketServer, type WebSocket } from "ws";
import type { DeskState, FeedEvent, FeedMessage } from "../../src/desk/protocol.ts";

const ui = fileURLToPath(new URL("../../dist/desk/", import.meta.url));
const POLICY = "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:";

export interface MockDesk extends AsyncDisposable {
  readonly address: string;
  /** Orders as they came. */
  readonly orders: { path: string; body: Record<string, unknown> }[];
  /** How the feeds were asked for: the query of each connection. */
  readonly feeds: string[];
  /** Sends to all desks, and keeps it for those that resume. */
  send(event: FeedEvent): void;
  /** Cuts all feeds. With `forget`, the engine is another one afterwards. */
  cut(forget?: DeskState): void;
  /** What an order does; the default is to say yes. */
  obey: (path: string, body: Record<string, unknown>) => object;
}

export async function startMockDesk(first: DeskState): Promise<MockDesk> {
  const app = fastify();
  const sockets = new Set<WebSocket>();
  let epoch = randomUUID();
  let state = first;
  let seq = 0;
  let history: FeedMessage[] = [];
  const logins = new Set<string>();

  await app.register(fastifyStatic, { root: ui });
  app.addHook("onRequest", (_request, reply, done) => {
    void reply.header("content-security-policy", POLICY);
    done();
  });
  app.get("/api/me", async (request) => {
    const login = /warmline_desk=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
    return { agent: login !== undefined && logins.has(login) ? state.agent : null };
  });
  app.post("/api/*", async (request, reply) => {
    const body = request.body as Record<string, unknown>;
    const path = request.url;
    const login = /warmline_desk=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
    if (path === "/api/login") {
      if (body["password"] !== "espresso")
        return reply
          .code(401)
          .send({ error: { code: "WL_LOGIN", message: "Name or password is wrong." } });
      const token = randomUUID();
      logins.add(token);
      return reply
        .header("set-cookie", `warmline_desk=${token}; HttpOnly; SameSite=Strict; Path=/`)
        .send(state.agent);
    }
    if (login === undefined || !logins.has(login))
      return reply.code(401).send({ error: { code: "WL_LOGIN", message: "Log in first." } });
    mock.orders.push({ path, body });
    if (path === "/api/logout") logins.delete(login);
    const answer = mock.obey(path, body);
    return reply.code("error" in answer ? 409 : 200).send(answer);
  });
  await app.listen({ host: "127.0.0.1", port: 0 });

  const feeds = new WebSocketServer({ noServer: true });
  app.server.on("upgrade", (request, socket, head) => {
    const login = /warmline_desk=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
    const url = new URL(request.url ?? "/", "http://desk");
    if (login === undefined || !logins.has(login) || url.pathname !== "/feed")
      return void socket.end("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n");
    feeds.handleUpgrade(request, socket, head, (feed) => {
      mock.feeds.push(url.search);
      sockets.add(feed);
      feed.on("close", () => sockets.delete(feed));
      const resumed = url.searchParams.get("epoch") === epoch;
      const after = Number(url.searchParams.get("after"));
      if (resumed)
        for (const message of history) {
          if (message.seq > after) feed.send(JSON.stringify(message));
        }
      else {
        const desk = { ...state, nowMs: Date.now() };
        feed.send(JSON.stringify({ type: "snapshot", desk, epoch, seq } satisfies FeedMessage));
      }
    });
  });

  const mock: MockDesk = {
    address: app.listeningOrigin,
    orders: [],
    feeds: [],
    obey: () => ({ ok: true }),
    send(event) {
      const message: FeedMessage = { ...event, epoch, seq: ++seq };
      history.push(message);
      for (const feed of sockets) feed.send(JSON.stringify(message));
    },
    cut(forget) {
      if (forget) {
        epoch = randomUUID();
        state = forget;
        seq = 0;
        history = [];
      }
      for (const feed of sockets) feed.terminate();
    },
    async [Symbol.asyncDispose]() {
      for (const feed of sockets) feed.terminate();
      app.server.closeAllConnections();
      await app.close();
    },
  };
  return mock;
}
