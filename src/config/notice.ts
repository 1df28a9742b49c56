import { z } from "zod";
import type { NoticeRule, NoticeSource } from "../model/notice.ts";
import { cookieName } from "./consent.ts";

const name = z.string().min(1).max(100);

const source = z
  .strictObject({
    query: name.exactOptional(),
    path: name.exactOptional(),
    form: name.exactOptional(),
    cookie: cookieName.exactOptional(),
    text: name.exactOptional(),
  })
  .transform((written, context): NoticeSource => {
    if (Object.keys(written).length === 1) return written as NoticeSource;
    const message =
      "name one place where it stands: query, path, form or cookie; or give it as text";
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });

/** A BCP 47 tag that this machine knows. */
const locale = z.string().refine((tag) => {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}, "name a language and perhaps a country, as in de-AT");

/** What a site's rules notice. That `at` can be read is checked by whoever reads it. */
export const noticeRule: z.ZodType<NoticeRule> = z
  .strictObject({
    at: z.string().min(1).max(300),
    status: z.array(z.number().int().min(200).max(599)).max(20).default([]),
    setsCookie: cookieName.exactOptional(),
    event: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "use lower-case letters, digits and hyphens")
      .exactOptional(),
    purchase: z
      .strictObject({
        amount: source.exactOptional(),
        locale: locale.exactOptional(),
        currency: source.exactOptional(),
        order: source.exactOptional(),
      })
      .exactOptional(),
    login: source.exactOptional(),
    name: source.exactOptional(),
    number: source.exactOptional(),
    mail: source.exactOptional(),
  })
  .refine(
    ({ event, purchase, login, name: called, number, mail }) =>
      [event, purchase, login, called, number, mail].some((what) => what !== undefined),
    "say what is noticed here: an event, a purchase, a login, name, number or mail",
  );
