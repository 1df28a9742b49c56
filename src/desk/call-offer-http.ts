/** Visitors' answers to calls that are offered in a chat (see `visitor/protocol.ts`), with JavaScript and without. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { callAnswer } from "./answer-form.ts";
import type { Desk } from "./desk.ts";
import type { Asker } from "./edge-headers.ts";
import { isRefusal } from "./refusal.ts";
import { isHis } from "./visitor-streams.ts";

/** Adds the route. */
export function serveCallOffers(
  app: FastifyInstance,
  desk: Pick<Desk, "callOffers" | "contacts">,
  asker: (request: FastifyRequest) => Asker,
  answers: {
    sendError(
      request: FastifyRequest,
      reply: FastifyReply,
      status: number,
      message: string,
    ): FastifyReply;
    wantsJson(request: FastifyRequest): boolean;
    /** Of the chat as a page. */
    chatPath(from: Asker, interactionId: string): string;
  },
): void {
  app.post("/call", async (request, reply) => {
    const from = asker(request);
    const answer = callAnswer.safeParse(request.body);
    if (!answer.success) {
      return answers.sendError(request, reply, 422, "Please choose one of the answers.");
    }
    const { interactionId, choice, number } = answer.data;
    const contact = desk.contacts.get(interactionId);
    if (!contact || !isHis(contact.interaction, from)) {
      return answers.sendError(request, reply, 409, "This conversation is over.");
    }
    const done = desk.callOffers.answer(contact, choice, number);
    if (isRefusal(done)) return answers.sendError(request, reply, done.status, done.message);
    if (!answers.wantsJson(request)) {
      return reply.redirect(answers.chatPath(from, interactionId), 303);
    }
    return reply.send({ ok: true, choice, contact: desk.contacts.card(contact) });
  });
}
