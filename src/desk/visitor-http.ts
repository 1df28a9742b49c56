/**
 * The server for visitors' browsers (see `visitor/protocol.ts`), reached through the edges only: it listens on a Unix
 * socket, and believes the headers of `edge-headers.ts`.
 */
import { chmod, rm } from "node:fs/promises";
import formBody from "@fastify/formbody";
import staticFiles from "@fastify/static";
import fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import type { Clock } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import { isChat } from "../model/interaction.ts";
import { questionText } from "../visitor/consent-words.ts";
import { answerPage, chatPage, errorPage } from "../visitor/no-script.ts";
import type { AnswerForm, AnswerResult } from "../visitor/protocol.ts";
import { type Answer, answerForm, chatLine, shownReport } from "./answer-form.ts";
import type { Desk } from "./desk.ts";
import { type Asker, readEdgeHeaders } from "./edge-headers.ts";
import { serveCallOffers } from "./call-offer-http.ts";
import { serveConsent } from "./consent-http.ts";
import { serveEvents } from "./event-stream.ts";
import { isLocalPath } from "./local-path.ts";
import { servePages } from "./page-http.ts";
import { isRefusal } from "./refusal.ts";
import { serveTalks } from "./talk-http.ts";
import { visitorHash } from "./visitor-streams.ts";

const LONGEST_BODY_BYTES = 16 * 1024;
const OWNER_AND_GROUP = 0o660;
const FILES_LIVE_SECONDS = 300;

/**
 * Serves visitors.
 *
 * @throws what `listen` throws
 */
export async function serveVisitors(
  desk: Desk,
  options: {
    /** Of the Unix socket. What is left of an earlier life there is removed. */
    readonly path: string;
    /** The built loader script and style sheet. */
    readonly assetsDirectory: string;
  },
  ports: { readonly clock: Clock; readonly log: Log },
): Promise<AsyncDisposable> {
  const { log } = ports;
  const siteOf = (headers: FastifyRequest["headers"]): Asker | undefined => {
    const edge = readEdgeHeaders(headers);
    const known = edge && desk.directory.site(edge.site);
    return known && { ...edge, known };
  };
  const app = fastify({
    bodyLimit: LONGEST_BODY_BYTES,
    forceCloseConnections: true,
    // Sites may have reserved paths of their own; the routes below are the same for all.
    rewriteUrl(request) {
      const url = request.url ?? "/";
      const reserved = siteOf(request.headers)?.known.reservedPath;
      return reserved !== undefined && url.startsWith(reserved)
        ? `/${url.slice(reserved.length)}`
        : "/unknown";
    },
  });
  await app.register(formBody, { bodyLimit: LONGEST_BODY_BYTES });
  await app.register(staticFiles, { root: options.assetsDirectory, serve: false });

  app.addHook("onRequest", async (_, reply) => {
    reply.header("x-content-type-options", "nosniff").header("referrer-policy", "same-origin");
    reply.header("cache-control", "no-store");
  });
  app.setErrorHandler(async (error: unknown, request, reply) => {
    const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
    const broken = !(status >= 400 && status < 500);
    if (broken)
      log.error({ err: error, route: request.routeOptions.url }, "A visitor's request failed");
    const message = broken
      ? "Something went wrong on our side. Please try again in a moment."
      : "Your message could not be read. Please try again.";
    return sendError(request, reply, broken ? 500 : status, message);
  });
  app.setNotFoundHandler((request, reply) =>
    sendError(request, reply, 404, "There is nothing at this address."),
  );
  const talks = serveTalks(app, desk, siteOf);
  servePages(app, desk, siteOf, ports);
  const asker = (request: FastifyRequest): Asker => {
    const found = siteOf(request.headers);
    if (!found) throw new Error("A request reached a route without the headers of an edge");
    return found;
  };

  for (const file of ["loader.js", "talk.js", "card.css"]) {
    app.get(`/${file}`, (_, reply) =>
      reply.sendFile(file, { maxAge: FILES_LIVE_SECONDS * 1_000, cacheControl: true }),
    );
  }
  app.get("/events", (request, reply) => {
    const { site, visitor, said, known } = asker(request);
    const question = said === "undecided" ? known.consent?.ask : undefined;
    const ask = question && {
      text: questionText(question),
      ...(question.privacy !== undefined && { privacy: question.privacy }),
    };
    serveEvents(desk.streams, { site, visitor, ask }, reply, ports);
  });
  serveConsent(app, asker, sendError);
  serveCallOffers(app, desk, asker, { sendError, wantsJson, chatPath });
  // The edge has counted it; here it only has an answer.
  app.post("/opened", (_, reply) => reply.code(204).send());
  app.post("/shown", async (request, reply) => {
    const report = shownReport.safeParse(request.body);
    if (!report.success) return reply.code(400).send({ ok: false });
    desk.shown(report.data.invitationId);
    return reply.code(204).send();
  });

  app.post("/answer", async (request, reply) => {
    const from = asker(request);
    const parsed = answerForm.safeParse(request.body);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const field = issue?.path[0] as Extract<AnswerResult, { ok: false }>["field"];
      const message =
        field === "choice" ? "Please choose one of the answers." : "Please check what you typed.";
      return sendResult(request, reply, from, undefined, {
        ok: false,
        status: 422,
        ...(field && { field }),
        message,
      });
    }
    const result = await desk.answers.answer(parsed.data, {
      site: from.known,
      address: from.address,
      visitor: visitorHash(from.site, from.visitor),
    });
    return sendResult(request, reply, from, parsed.data, result);
  });

  app.post("/chat", async (request, reply) => {
    const from = asker(request);
    const parsed = chatLine.safeParse(request.body);
    const contact = parsed.success && desk.contacts.get(parsed.data.interactionId);
    if (!parsed.success) {
      return sendError(request, reply, 422, "Write a message of at most 2,000 characters.");
    }
    if (!contact || contact.interaction.site !== from.site || !isChat(contact.interaction)) {
      return sendError(request, reply, 409, "This conversation is over.");
    }
    const said = await desk.chats.say(contact, "visitor", parsed.data.text);
    if (isRefusal(said)) return sendError(request, reply, said.status, said.message);
    if (wantsJson(request)) return reply.send({ ok: true });
    return reply.redirect(chatPath(from, parsed.data.interactionId), 303);
  });
  app.get<{ Querystring: { interaction?: unknown } }>("/chat", async (request, reply) => {
    const from = asker(request);
    const id = request.query.interaction;
    const contact = typeof id === "string" ? desk.contacts.recent(id) : undefined;
    if (!contact || contact.interaction.site !== from.site) {
      return sendError(request, reply, 404, "This conversation is over.");
    }
    const { reservedPath } = from.known;
    const { url = "/" } = contact.interaction;
    const back = isLocalPath(url) ? url : "/";
    return sendPage(
      reply,
      200,
      chatPage({ card: desk.contacts.card(contact), reservedPath, back }),
    );
  });

  function sendResult(
    request: FastifyRequest,
    reply: FastifyReply,
    from: Asker,
    form: Answer | undefined,
    { status, ...result }: AnswerResult & { readonly status: number },
  ): FastifyReply {
    if (wantsJson(request)) return reply.code(status).send(result);
    const back = form?.back ?? referringPath(request);
    if (!result.ok) {
      const card = form && desk.invitations.openCard(form.invitation);
      const { field, message } = result;
      const values = form && given(form);
      const again = card && values && (field ? { card, values, field } : { card, values });
      const page = again ? errorPage({ message, back, form: again }) : errorPage({ message, back });
      return sendPage(reply, status, page);
    }
    if (result.choice === "none") return reply.redirect(back, 303);
    if (result.choice === "chat" && result.contact) {
      return reply.redirect(chatPath(from, result.contact.interactionId), 303);
    }
    const text =
      result.choice === "phone"
        ? "We are calling you in a moment."
        : "We have noted your wish and will call you at the time you chose.";
    return sendPage(reply, 200, answerPage({ heading: "Thank you", text, back }));
  }

  await rm(options.path, { force: true });
  await app.listen({ path: options.path });
  await chmod(options.path, OWNER_AND_GROUP);
  return {
    async [Symbol.asyncDispose]() {
      talks[Symbol.dispose]();
      await app.close();
    },
  };
}

function chatPath(from: Asker, interactionId: string): string {
  return `${from.known.reservedPath}chat?interaction=${encodeURIComponent(interactionId)}#end`;
}

function wantsJson(request: FastifyRequest): boolean {
  const { accept = "", "content-type": type = "" } = request.headers;
  return accept.includes("application/json") || type.startsWith("application/json");
}

/** The page of the same host that the form was on, for forms that do not name it. */
function referringPath(request: FastifyRequest): string {
  const url = URL.parse(request.headers.referer ?? "");
  if (url === null || url.host !== request.headers.host) return "/";
  const path = `${url.pathname}${url.search}`;
  return isLocalPath(path) ? path : "/";
}

/** The fields that were filled in. */
function given(form: Answer): Partial<AnswerForm> {
  return Object.fromEntries(Object.entries(form).filter(([, value]) => value !== undefined));
}

function sendPage(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply.code(status).type("text/html; charset=utf-8").send(html);
}

function sendError(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  message: string,
): FastifyReply {
  if (wantsJson(request)) return reply.code(status).send({ ok: false, message });
  return sendPage(reply, status, errorPage({ message, back: referringPath(request) }));
}
