/** The page where a visitor says whether he may be remembered, and takes it back; it works without JavaScript. */
import type { ConsentQuestion, ConsentSaid } from "../model/consent.ts";
import { ANSWERS, ASK, questionText, saidWords } from "./consent-words.ts";
import { escaped, localPath, paragraphs } from "./markup.ts";

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
  return (
    `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${escaped(ASK.heading)}</title>` +
    `<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">` +
    `<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="card.css"></head>` +
    `<body class="warmline-page"><main class="warmline"><h1>${escaped(ASK.heading)}</h1>` +
    paragraphs(questionText(question)) +
    (question.privacy === undefined
      ? ""
      : `<p><a href="${escaped(question.privacy)}">${escaped(ASK.privacy)}</a></p>`) +
    `<p role="status"><b>${escaped(saidWords(said))}</b></p>` +
    (said === "refused" ? "" : form) +
    (back === undefined
      ? ""
      : `<p><a href="${escaped(localPath(back))}">Back to where you were</a></p>`) +
    `</main></body></html>`
  );
}
