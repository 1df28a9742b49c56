/** Calls by browser, as visitors' browsers reach them (see `visitor/protocol.ts`): the window, its keys, its signalling. */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { talkPage } from "../visitor/talk-page.ts";
import { talkOrder, telephoneOrder } from "./answer-form.ts";
import type { Desk } from "./desk.ts";
import type { Asker } from "./edge-headers.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import { isSameOrigin, refuseUpgrade } from "./requests.ts";
import { createSipSockets } from "./sip-sockets.ts";
import { lineOf, type Talk } from "./talks.ts";
import { visitorHash } from "./visitor-streams.ts";

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
  const sockets = createSipSockets();
  const talkOf = (headers: IncomingHttpHeaders, interactionId: string): Talk | undefined => {
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
    const talk = order.success && talkOf(request.headers, order.data.interactionId);
    if (!talk) return refused(reply, OVER);
    const keys = await desk.talks.open(talk);
    return isRefusal(keys) ? refused(reply, keys) : reply.send(keys);
  });
  app.post("/hang-up", async (request, reply) => {
    const order = talkOrder.safeParse(request.body);
    const talk = order.success && talkOf(request.headers, order.data.interactionId);
    if (!talk) return refused(reply, OVER);
    desk.talks.hangUp(talk);
    return reply.code(204).send();
  });
  app.post("/telephone", async (request, reply) => {
    const order = telephoneOrder.safeParse(request.body);
    const contact = order.success && talkOf(request.headers, order.data.interactionId)?.contact;
    if (!order.success || !contact) return refused(reply, OVER);
    const done = await desk.talks.byTelephone(contact, order.data.number);
    if (isRefusal(done)) return refused(reply, done);
    return reply.send({ ok: true, choice: "phone", contact: desk.contacts.card(done.contact) });
  });

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const url = URL.parse(request.url ?? "", "http://site.invalid");
    const known = askerOf(request.headers)?.known;
    if (!known || url?.pathname !== `${known.reservedPath}sip`)
      return refuseUpgrade(socket, "404 Refused");
    if (!isSameOrigin(request.headers)) return refuseUpgrade(socket, "403 Refused");
    const talk = talkOf(request.headers, url.searchParams.get("interaction") ?? "");
    if (!talk) return refuseUpgrade(socket, "409 Refused");
    sockets.accept(request, socket, head, (browser) =>
      desk.browserPhones.connect(lineOf(talk.interactionId), browser),
    );
  };
  app.server.on("upgrade", upgrade);
  return sockets;
}
