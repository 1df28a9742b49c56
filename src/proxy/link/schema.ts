/** What comes over the link, checked. */
import { z } from "zod";
import { isPriority } from "../../model/visitor.ts";
import type { EdgeMessage, EngineMessage } from "./messages.ts";

const ms = z.number();
const priority = z.custom(isPriority);
const keys = z.array(z.string()).max(16);

const purchase = z.object({
  atMs: ms,
  amount: z.number().optional(),
  currency: z.string().optional(),
  order: z.string().optional(),
});
const event = z.object({ name: z.string(), atMs: ms });
const milestones = { purchases: z.array(purchase).optional(), events: z.array(event).optional() };
const identity = {
  login: z.string().optional(),
  name: z.string().optional(),
  number: z.string().optional(),
  mail: z.string().optional(),
};
const history = z.object({
  id: z.string(),
  firstSeenMs: ms,
  lastSeenMs: ms,
  visitsMs: z.array(ms),
  visitCount: z.number(),
  pageCount: z.number(),
  timeSpentMs: ms,
  purchases: z.array(purchase),
  events: z.array(event),
  priority,
  ...identity,
  factsAtMs: ms,
});
const hit = z.object({
  site: z.string(),
  atMs: ms,
  kind: z.enum(["page", "download", "transfer", "notice"]),
  url: z.string().max(2048),
  status: z.number(),
  address: z.string(),
  visitor: z.object({
    cookie: z.enum(["returned", "issued", "none"]),
    visitorId: z.string().optional(),
    addressKey: z.string(),
  }),
  consent: z.enum(["none", "session", "persistent", "identified"]),
  withdrawn: z.string().optional(),
  noticed: z.object({ ...milestones, ...identity }).optional(),
  history: history.optional(),
  userAgent: z.string().optional(),
  language: z.string().optional(),
  referrer: z.string().optional(),
});
const edgeMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("hello"), version: z.number(), edge: z.string() }),
  z.object({ type: z.literal("hits"), hits: z.array(hit), dropped: z.number() }),
  z.object({ type: z.literal("shown"), invitationId: z.string() }),
  z.object({ type: z.literal("sent_on"), nextPageId: z.string() }),
]);

const invitation = z.object({
  invitationId: z.string(),
  site: z.string(),
  keys,
  html: z
    .string()
    .max(64 * 1024)
    .regex(/^[\t\n -~]*$/),
  expiresMs: ms,
});
const page = z.object({
  id: z.string(),
  site: z.string(),
  keys,
  path: z
    .string()
    .max(2048)
    // eslint-disable-next-line no-control-regex -- control characters are what this keeps out
    .regex(/^\/(?![/\\])[^\\\u0000-\u001f\u007f]*$/),
  expiresMs: ms,
});
const update = z.object({
  site: z.string(),
  keys,
  facts: z.object({
    atMs: ms,
    priority: priority.optional(),
    ...identity,
    ...milestones,
  }),
  expiresMs: ms,
});
const engineMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("welcome"), version: z.number(), salt: z.string() }),
  z.object({ type: z.literal("salt"), salt: z.string() }),
  z.object({ type: z.literal("pending"), invitation }),
  z.object({ type: z.literal("withdraw"), invitationId: z.string() }),
  z.object({ type: z.literal("next_page"), page }),
  z.object({ type: z.literal("withdraw_page"), nextPageId: z.string() }),
  z.object({ type: z.literal("facts"), update }),
  z.object({ type: z.literal("forget"), site: z.string(), visitorId: z.string() }),
]);

/** A line of an edge, or nothing when it is not one. */
export const parseEdgeMessage = (line: string) =>
  parse(edgeMessage, line) as EdgeMessage | undefined;

/** A line of the engine, or nothing when it is not one. */
export const parseEngineMessage = (line: string) =>
  parse(engineMessage, line) as EngineMessage | undefined;

function parse(schema: z.ZodType, line: string): unknown {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
