/** Visitors show pages of the site to the agents they talk with (see `visitor/protocol.ts`). */
import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance } from "fastify";
import type { Clock } from "../model/clock.ts";
import type { Site } from "../model/site.ts";
import { pageOrder } from "./answer-form.ts";
import type { Desk } from "./desk.ts";
import type { Asker } from "./edge-headers.ts";
import { createFlood } from "./flood.ts";
import { isReserved } from "./local-path.ts";
import { isHis } from "./visitor-streams.ts";

const PAGES = { most: 30, windowMs: 10 * 60_000 };

/** Adds the route. */
export function servePages(
  app: FastifyInstance,
  desk: Pick<Desk, "contacts">,
  askerOf: (headers: IncomingHttpHeaders) => Asker | undefined,
  { clock }: { readonly clock: Clock },
): void {
  const flood = createFlood(PAGES, clock);
  app.post("/page", async (request, reply) => {
    const refused = (status: number, message: string) =>
      reply.code(status).send({ ok: false, message });
    const from = askerOf(request.headers);
    const order = pageOrder.safeParse(request.body);
    if (!from || !order.success || isReserved(order.data.path, from.known.reservedPath)) {
      return refused(422, "This page cannot be shown.");
    }
    const { interactionId, path, title } = order.data;
    const contact = desk.contacts.get(interactionId);
    const talks = contact && ["active", "held"].includes(contact.interaction.state);
    if (!talks || !isHis(contact.interaction, from)) {
      return refused(409, "Nobody is there to see it at the moment.");
    }
    if (!flood.admit([interactionId])) {
      return refused(429, "Please wait a few minutes, then try again.");
    }
    const url = new URL(path, originOf(request.headers, from.known)).href;
    contact.shown = { url, title, atMs: clock.nowMs() };
    desk.contacts.show(contact);
    return reply.code(204).send();
  });
}

/** Where the site is, as the visitor's browser knows it; never another host than one of the site's own. */
function originOf({ origin }: IncomingHttpHeaders, { hosts }: Site): string {
  const url = URL.parse(origin ?? "");
  const own = url && /^https?:$/.test(url.protocol) && hosts.includes(url.hostname);
  return own ? url.origin : `https://${hosts[0] ?? "site.invalid"}`;
}
