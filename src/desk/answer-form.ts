/** What visitors send, as schemas. An empty field is one that was not filled in. */
import { z } from "zod";
import { LONGEST_MESSAGE } from "./chats.ts";
import { isLocalPath } from "./local-path.ts";

const optional = (most: number) =>
  z
    .string()
    .trim()
    .transform((text) => (text === "" ? undefined : text))
    .pipe(z.string().max(most).optional())
    .optional();

const id = z.string().min(1).max(100);

/** An {@link AnswerForm} of `visitor/protocol.ts`. */
export const answerForm = z.object({
  invitation: id,
  choice: z.enum(["none", "chat", "voip", "video", "phone", "callback"]),
  number: optional(40),
  name: optional(80),
  date: optional(10),
  time: optional(8),
  topic: optional(200),
  back: z
    .string()
    .optional()
    .transform((path) => (path !== undefined && isLocalPath(path) ? path : undefined)),
});

export type Answer = z.output<typeof answerForm>;

export const shownReport = z.object({ invitationId: id });

/** Which of his calls by browser a visitor speaks of. */
export const talkOrder = z.object({ interactionId: id });

/** The answer to a call that is offered in a chat. */
export const callAnswer = z.object({
  interactionId: id,
  choice: z.enum(["none", "voip", "video", "phone"]),
  number: optional(40),
});

export const telephoneOrder = z.object({ interactionId: id, number: z.string().max(40) });

/** A page of the site that a visitor shows. */
export const pageOrder = z.object({
  interactionId: id,
  path: z.string().refine(isLocalPath),
  title: z
    .string()
    .transform((text) =>
      text
        .replace(/[\s\p{Cc}]+/gu, " ")
        .trim()
        .slice(0, 200),
    )
    .default(""),
});

export const chatLine = z.object({
  interactionId: id,
  text: z.string().trim().min(1).max(LONGEST_MESSAGE),
});
