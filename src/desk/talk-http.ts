/** Calls by browser, as visitors' browsers reach them (see `visitor/protocol.ts`): the window, its keys, its signalling. */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { WebSocketServer } from "ws";
import type { Site } from "../model/site.ts";
import { talkPage } from "../visitor/talk-page.ts";
import { talkOrder, telephoneOrder } from "./answer-form.ts";
import type { Contact } from "./contacts.ts";
import type { Desk } from "./desk.ts";
import type { EdgeHeaders } from "./edge-headers.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import { isSameOrigin } from "./requests.ts";
import { lineOf } from "./talks.ts";
import { visitorHash } from "./visitor-streams.ts";

interface Asker extends EdgeHeaders {
  readonly known: Site;
}

const MOST_MESSAGE_BYTES = 16 * 1024;

/** Of the window itself; whether the site's own policy allows a microphone is asked before it is offered. */
const POLICY = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src 'self' blob:; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "permissions-policy": "microphone=(self), camera=(self)",
};

const OVER: Pick<Refusal, "status" | "message"> = { status: 409, message: "This call is over." };

/** Adds the routes. Disposing cuts the signalling off. */
export function serveTalks(
  app: FastifyInstance,
  desk: Pick<Desk, "browserPhones" | "contacts" | "talks">,
  askerOf: (headers: IncomingHttpHeaders) => Asker | undefined,
): Disposable {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has("sip") ? "sip" : false),
  });
  const talkOf = (headers: IncomingHttpHeaders, interactionId: string): Contact | undefined => {
    const from = askerOf(headers);
    if (!from) return undefined;
    const visitor = visitorHash(from.site, from.visitor);
    return desk.talks.find(interactionId, { site: from.site, visitor });
  };
  const refused = (reply: FastifyReply, { status, message }: Pick<Refusal, "status" | "message">) =>
    reply.code(status).send({ ok: false, message });

  app.get("/talk", (_, reply) =>
    reply.headers(POLICY).type("text/html; charset=utf-8").send(talkPage()),
  );
  app.post("/talk", async (request, reply) => {
    const order = talkOrder.safeParse(request.body);
    const contact = order.success && talkOf(request.headers, order.data.interactionId);
    if (!contact) return refused(reply, OVER);
    const keys = await desk.talks.open(contact);
    return isRefusal(keys) ? refused(reply, keys) : reply.send(keys);
  });
  app.post("/hang-up", async (request, reply) => {
    const order = talkOrder.safeParse(request.body);
    const contact = order.success && talkOf(request.headers, order.data.interactionId);
    if (!contact) return refused(reply, OVER);
    desk.talks.hangUp(contact);
    return reply.code(204).send();
  });
  app.post("/telephone", async (request, reply) => {
    const order = telephoneOrder.safeParse(request.body);
    const contact = order.success && talkOf(request.headers, order.data.interactionId);
    if (!order.success || !contact) return refused(reply, OVER);
    const done = await desk.talks.byTelephone(contact, order.data.number);
    if (isRefusal(done)) return refused(reply, done);
    return reply.send({ ok: true, choice: "phone", contact: desk.contacts.card(done.contact) });
  });

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const url = URL.parse(request.url ?? "", "http://site.invalid");
    const known = askerOf(request.headers)?.known;
    if (!known || url?.pathname !== `${known.reservedPath}sip`) return refuse(socket, "404");
    if (!isSameOrigin(request.headers)) return refuse(socket, "403");
    const contact = talkOf(request.headers, url.searchParams.get("interaction") ?? "");
    if (!contact) return refuse(socket, "409");
    server.handleUpgrade(request, socket, head, (browser) =>
      desk.browserPhones.connect(lineOf(contact.interaction.id), browser),
    );
  };
  app.server.on("upgrade", upgrade);
  return {
    [Symbol.dispose]() {
      for (const browser of server.clients) browser.terminate();
      server.close();
    },
  };
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
