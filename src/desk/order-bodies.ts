/** The bodies of the orders of `protocol.ts`, as schemas. */
import { z } from "zod";
import { LONGEST_MESSAGE } from "./chats.ts";
import type { Orders } from "./protocol.ts";

const id = z.string().min(1).max(100);
const alert = z.strictObject({ alertId: id });
const contact = z.strictObject({ interactionId: id });
const callback = z.strictObject({ callbackId: id });
const typedNumber = z.string().trim().min(1).max(60);
const third = z.union([
  z.strictObject({ agent: z.string().min(1).max(63) }),
  z.strictObject({ number: typedNumber }),
]);

export const orderBodies = {
  "/api/login": z.strictObject({
    name: z.string().min(1).max(63),
    password: z.string().min(1).max(200),
  }),
  "/api/logout": z.strictObject({}),
  "/api/telephone": z.strictObject({}),
  "/api/status": z.strictObject({ status: z.enum(["available", "on_break"]) }),
  "/api/alerts/accept": alert,
  "/api/alerts/reject": alert,
  "/api/invite": z.strictObject({
    sessionId: id,
    alertId: id.optional(),
    heading: z.string().trim().min(1).max(120),
    text: z.string().trim().min(1).max(1_000),
  }),
  "/api/visitors/page": z.strictObject({ sessionId: id, path: z.string().min(1).max(2_048) }),
  "/api/visitors/explain": z.strictObject({ sessionId: id }),
  "/api/visitors/priority": z.strictObject({
    sessionId: id,
    priority: z.union([
      z.literal(0),
      z.literal(1),
      z.literal(2),
      z.literal(3),
      z.literal(4),
      z.literal(5),
      z.literal(6),
      z.literal(7),
      z.literal(8),
      z.literal(9),
    ]),
  }),
  "/api/contacts/accept": contact,
  "/api/contacts/chat": z.strictObject({
    interactionId: id,
    text: z.string().trim().min(1).max(LONGEST_MESSAGE),
  }),
  "/api/contacts/offer-call": contact.extend({ open: z.boolean() }),
  "/api/contacts/release": contact,
  "/api/contacts/redial": contact,
  "/api/contacts/close": z.strictObject({
    interactionId: id,
    disposition: z.string().min(1).max(63),
    note: z.string().trim().max(2_000).optional(),
  }),
  "/api/callbacks/accept": callback,
  "/api/callbacks/cancel": callback,
  "/api/calls/hold": contact,
  "/api/calls/resume": contact,
  "/api/calls/consult": contact.extend({ third }),
  "/api/calls/conference": contact,
  "/api/calls/transfer": contact.extend({ third: third.optional() }),
  "/api/calls/digits": contact.extend({ digits: z.string().regex(/^[0-9*#]{1,40}$/) }),
  "/api/line/contact": contact,
  "/api/line/callback": callback,
  "/api/number": z.strictObject({ number: typedNumber }),
  "/api/number/find": z.strictObject({ texts: z.array(z.string().max(40)).max(40) }),
  "/api/number/call": z.strictObject({}),
} satisfies Record<keyof Orders, z.ZodType>;

export type OrderPath = keyof typeof orderBodies;
export type Body<Path extends OrderPath> = z.output<(typeof orderBodies)[Path]>;
