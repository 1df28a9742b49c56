/** The desk's server: orders under `/api/`, the alert feed at `/feed`, and the desk itself. */
import type { AddressInfo } from "node:net";
import rateLimit from "@fastify/rate-limit";
import staticFiles from "@fastify/static";
import fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { z } from "zod";
import type { Agent } from "../model/agent.ts";
import type { Clock } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import type { Desk } from "./desk.ts";
import { createFeedSockets } from "./feed-socket.ts";
import { LOGIN_LIFETIME_MS } from "./logins.ts";
import { type Body, orderBodies, type OrderPath } from "./order-bodies.ts";
import type { DeskOrderPath } from "./orders.ts";
import type { Me, OrderRefused } from "./protocol.ts";
import { isRefusal, type Outcome, refuse, type Refusal } from "./refusal.ts";
import { isSameOrigin, loginCookie, loginToken, SECURITY_HEADERS } from "./requests.ts";
import { createTelephoneSockets } from "./telephone-socket.ts";

export interface DeskServer extends AsyncDisposable {
  readonly address: AddressInfo;
}

const LONGEST_BODY_BYTES = 64 * 1024;
const LOG_INS_A_MINUTE = 10;

/**
 * Serves the desk to agents.
 *
 * @throws what `listen` throws, as when the port is taken
 */
export async function serveDesk(
  desk: Desk,
  options: {
    readonly listen: { readonly host: string; readonly port: number };
    /** The built web desk. */
    readonly uiDirectory: string;
  },
  ports: { readonly clock: Clock; readonly log: Log },
): Promise<DeskServer> {
  const { log } = ports;
  const sockets = createFeedSockets(desk, ports);
  const app = fastify({ bodyLimit: LONGEST_BODY_BYTES, forceCloseConnections: true });
  const telephones = createTelephoneSockets(desk, ports);
  app.server.on("upgrade", (request, socket, head) => {
    const wire = request.url === "/telephone" ? telephones : sockets;
    wire.upgrade(request, socket, head);
  });
  await app.register(rateLimit, { global: false });

  app.addHook("onRequest", async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    if (request.url.startsWith("/api/")) reply.header("cache-control", "no-store");
    const safe = request.method === "GET" || request.method === "HEAD";
    if (!safe && !isSameOrigin(request.headers)) {
      await sendRefusal(reply, refuse("forbidden", "The Origin header must name this server."));
    }
  });
  app.setErrorHandler(async (error: unknown, request, reply) => {
    const status = statusOf(error);
    if (status === 429) return sendRefusal(reply, TOO_MANY_LOG_INS);
    if (status < 500) {
      return sendRefusal(reply, refuse("bad_order", "Send JSON, at most 64 kB."), status);
    }
    log.error({ err: error, order: request.routeOptions.url }, "An order failed");
    const message = "Something went wrong here. It has been logged; please try again.";
    return reply.code(500).send({ error: { code: "failed", message } } satisfies OrderRefused);
  });
  app.setNotFoundHandler((_, reply) =>
    sendRefusal(reply, refuse("not_found", "There is nothing at this address.")),
  );

  app.post(
    "/api/login",
    { config: { rateLimit: { max: LOG_INS_A_MINUTE, timeWindow: 60_000 } } },
    async (request, reply) => {
      const body = understand("/api/login", request);
      if (isRefusal(body)) return sendRefusal(reply, body);
      const found = await desk.logins.logIn(body.name, body.password);
      if (!found) {
        desk.events.loginRefused();
        return sendRefusal(reply, refuse("log_in", "Name and password do not fit."));
      }
      desk.events.loggedIn(found.agent.name);
      desk.presence.seen(found.agent, request.ip);
      const cookie = loginCookie(found.token, LOGIN_LIFETIME_MS, request.headers.origin);
      return reply.header("set-cookie", cookie).send(desk.presence.view(found.agent));
    },
  );
  app.post("/api/logout", async (request, reply) => {
    const token = loginToken(request.headers.cookie);
    const found = await desk.logins.who(token);
    if (token !== undefined && found) {
      await desk.logins.logOut(token);
      if (!sockets.cut(found.login)) desk.presence.loggedOut(found.agent);
    }
    return reply
      .header("set-cookie", loginCookie("", 0, request.headers.origin))
      .send({ ok: true });
  });

  app.get("/api/me", async (request) => {
    const found = await desk.logins.who(loginToken(request.headers.cookie));
    return { agent: found ? desk.presence.view(found.agent) : null } satisfies Me;
  });

  const serveOrder = (path: DeskOrderPath) => {
    // Bodies are of the schema that belongs to the path; TypeScript cannot see that the two go together.
    const carryOut = desk.orders[path] as (agent: Agent, body: unknown) => MaybePromise;
    app.post(path, async (request, reply) => {
      const found = await desk.logins.who(loginToken(request.headers.cookie));
      if (!found) return sendRefusal(reply, refuse("log_in", "Log in first."));
      const body = understand(path, request);
      if (isRefusal(body)) return sendRefusal(reply, body);
      desk.presence.seen(found.agent, request.ip);
      const outcome = await carryOut(found.agent, body);
      return isRefusal(outcome) ? sendRefusal(reply, outcome) : reply.send(outcome);
    });
  };
  for (const path of Object.keys(desk.orders) as DeskOrderPath[]) serveOrder(path);

  await app.register(staticFiles, {
    root: options.uiDirectory,
    cacheControl: false,
    setHeaders: (reply) => void reply.header("cache-control", "no-cache"),
  });
  await app.listen(options.listen);
  return {
    address: app.server.address() as AddressInfo,
    async [Symbol.asyncDispose]() {
      for (const wire of [sockets, telephones]) wire[Symbol.dispose]();
      await app.close();
    },
  };
}

type MaybePromise = Outcome<object> | Promise<Outcome<object>>;

const TOO_MANY_LOG_INS = refuse("too_many", "Too many log-ins. Wait a minute, then try again.");

function understand<Path extends OrderPath>(
  path: Path,
  request: FastifyRequest,
): Body<Path> | Refusal {
  const parsed = orderBodies[path].safeParse(request.body ?? {});
  if (parsed.success) return parsed.data as Body<Path>;
  return refuse("bad_order", z.prettifyError(parsed.error));
}

function sendRefusal(reply: FastifyReply, refusal: Refusal, status: number = refusal.status) {
  const { code, message } = refusal;
  return reply.code(status).send({ error: { code, message } } satisfies OrderRefused);
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : 500;
  return typeof status === "number" ? status : 500;
}
