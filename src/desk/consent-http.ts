/** Our question whether a visitor may be remembered: where it is asked without JavaScript, answered, and taken back. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ConsentAnswer } from "../model/consent.ts";
import { consentPage } from "../visitor/consent-page.ts";
import type { Asker } from "./edge-headers.ts";
import { isLocalPath } from "./local-path.ts";

/** Read by the edge, which has the same name for it (proxy/consent/reader.ts). */
const COOKIE = "warmline-consent";
const HALF_A_YEAR_SECONDS = 180 * 86_400;

const answerForm = z.object({
  answer: z.enum(["yes", "visit", "no"]),
  back: z.string().refine(isLocalPath).optional(),
});

/** @param asker who asks, as the edge says */
export function serveConsent(
  app: FastifyInstance,
  asker: (request: FastifyRequest) => Asker,
  refuse: (request: FastifyRequest, reply: FastifyReply, status: number, why: string) => unknown,
): void {
  app.get<{ Querystring: { back?: unknown } }>("/consent", async (request, reply) => {
    const { known, said } = asker(request);
    const question = known.consent?.ask;
    if (!question) return refuse(request, reply, 404, "There is nothing at this address.");
    const { back } = request.query;
    return reply
      .type("text/html; charset=utf-8")
      .send(
        consentPage(
          question,
          said ?? "undecided",
          typeof back === "string" && isLocalPath(back) ? back : undefined,
        ),
      );
  });
  app.post("/consent", async (request, reply) => {
    const { known } = asker(request);
    if (!known.consent?.ask)
      return refuse(request, reply, 404, "There is nothing at this address.");
    if (!isOwn(request)) {
      return refuse(request, reply, 403, "Only this site's own pages can answer this.");
    }
    const form = answerForm.safeParse(request.body);
    if (!form.success) return refuse(request, reply, 422, "Please choose one of the answers.");
    const { answer, back } = form.data;
    reply.header("set-cookie", cookieOf(answer, request.headers["x-forwarded-proto"] === "https"));
    if (request.headers.accept?.includes("application/json")) return reply.code(204).send();
    return reply.redirect(back ?? `${known.reservedPath}consent`, 303);
  });
}

/** Who means to be asked again in the next visit is: that answer ends with the browser (RFC 6265, section 4.1.2.2). */
function cookieOf(answer: ConsentAnswer, secure: boolean): string {
  const age = answer === "visit" ? "" : `; Max-Age=${HALF_A_YEAR_SECONDS}`;
  return `${COOKIE}=${answer}; Path=/${age}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
}

/** Whether a page of the site itself sends it: nobody else answers for the visitor (W3C Fetch Metadata; RFC 6454, section 7). */
function isOwn({ headers }: FastifyRequest): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  const { origin } = headers;
  return origin === undefined || URL.parse(origin)?.host === headers.host;
}
