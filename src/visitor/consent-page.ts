/** The page where a visitor says whether he may be remembered, and takes it back; it works without JavaScript. */
import type { ConsentQuestion, ConsentSaid } from "../model/consent.ts";
import { ANSWERS, ASK, questionText, saidWords } from "./consent-words.ts";
import { escaped, localPath, paragraphs } from "./markup.ts";
import { backLink, whole } from "./page.ts";

/** Served directly under the reserved path, to which its links are relative. */
export function consentPage(
  question: ConsentQuestion,
  said: ConsentSaid,
  back: string | undefined,
): string {
  const buttons = ANSWERS.map(
    ([answer, label]) => `<button name="answer" value="${answer}">${escaped(label)}</button>`,
  );
  const form =
    `<form method="post" action="consent">` +
    (back === undefined
      ? ""
      : `<input type="hidden" name="back" value="${escaped(localPath(back))}">`) +
    `<div class="warmline-buttons">${buttons.join("")}</div></form>`;
  const privacy =
    question.privacy === undefined
      ? ""
      : `<p><a href="${escaped(question.privacy)}">${escaped(ASK.privacy)}</a></p>`;
  return whole(
    ASK.heading,
    paragraphs(questionText(question)) +
      privacy +
      `<p role="status"><b>${escaped(saidWords(said))}</b></p>` +
      (said === "refused" ? "" : form) +
      backLink(back),
  );
}
