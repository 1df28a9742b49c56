/** The demo shop as it arrives through the gateway: the loader at the end of each page, the visitor's protocol beside it. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import fastifyFormbody from "@fastify/formbody";
import fastify, { type FastifyReply } from "fastify";
import { serveShop } from "../../examples/shop/server.ts";
import type { AnswerResult, InvitationCard, VisitorEvent } from "../../src/visitor/protocol.ts";

const built = fileURLToPath(new URL("../../dist/visitor/", import.meta.url));

export interface MockSite extends AsyncDisposable {
  readonly address: string;
  /** What the visitor's browser posted: path below the reserved one, and body. */
  readonly posts: { path: string; body: Record<string, string> }[];
  /** Open event streams. */
  readonly streams: Set<FastifyReply>;
  /** The first event of a new stream. */
  state: VisitorEvent & { type: "state" };
  /** The site's Permissions-Policy. */
  permissions?: string;
  /** Markup added to pages besides the loader. */
  extra: string;
  obey: (body: Record<string, string>) => AnswerResult;
  send(event: VisitorEvent): void;
}

export const card: InvitationCard = {
  id: "inv-1",
  offer: "contact",
  heading: "Hello, my name is Henry.",
  text: "I\u2019m your sales attendant. I just want to let you know that all of our machines are 20% off today.\n\nYou can order by phone! If you like I can call you now.",
  choices: ["phone", "chat", "none"],
};

export const nightCard: InvitationCard = {
  id: "inv-2",
  offer: "callback_out_of_hours",
  heading: "We are not at our desks now",
  text: "Our site is open for your browsing pleasure but we have no sales staff on duty at this time of day. If you would like us to call during business hours, please say when.",
  hours: "Our regular business hours are 8 am - 11 pm every day.",
  choices: ["callback", "none"],
};

/** Serves it with a policy that allows nothing but the site's own files. */
export async function startMockSite(reserved = "/.warmline/"): Promise<MockSite> {
  const shop = await serveShop(0);
  const app = fastify({ forceCloseConnections: true });
  await app.register(fastifyFormbody);
  const event = (data: VisitorEvent) => `data: ${JSON.stringify(data)}\n\n`;
  app.addHook("onRequest", (_request, reply, done) => {
    void reply.header("content-security-policy", "default-src 'self'");
    if (site.permissions !== undefined) void reply.header("permissions-policy", site.permissions);
    done();
  });
  for (const [name, type] of [
    ["loader.js", "text/javascript"],
    ["card.css", "text/css"],
  ] as const)
    app.get(reserved + name, async (_request, reply) =>
      reply.type(type).send(await readFile(built + name)),
    );
  app.get(`${reserved}events`, (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    reply.raw.write(event(site.state));
    site.streams.add(reply);
    reply.raw.on("close", () => site.streams.delete(reply));
  });
  for (const path of ["shown", "answer", "chat"])
    app.post(reserved + path, async (request, reply) => {
      const body = request.body as Record<string, string>;
      site.posts.push({ path, body });
      const answer = path === "answer" ? site.obey(body) : { ok: true };
      return reply.code(answer.ok ? 200 : 422).send(answer);
    });
  app.get("/*", async (request, reply) => {
    const page = await fetch(shop.address + request.url);
    const type = page.headers.get("content-type") ?? "";
    const body = await page.text();
    const more = type.startsWith("text/html")
      ? `${site.extra}<script async src="${reserved}loader.js"></script>`
      : "";
    return reply
      .code(page.status)
      .type(type)
      .send(body + more);
  });
  await app.listen({ host: "127.0.0.1", port: 0 });

  const site: MockSite = {
    address: app.listeningOrigin,
    posts: [],
    streams: new Set(),
    state: { type: "state", contacts: [] },
    extra: "",
    obey: (body) => ({ ok: true, choice: body["choice"] as "chat" }),
    send(data) {
      for (const stream of site.streams) stream.raw.write(event(data));
    },
    async [Symbol.asyncDispose]() {
      for (const stream of site.streams) stream.raw.destroy();
      await app.close();
      await shop[Symbol.asyncDispose]();
    },
  };
  return site;
}
