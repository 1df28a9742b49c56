/** Whole pages for visitors' browsers, served directly under the reserved path, to which their links are relative. */
import { escaped, localPath } from "./markup.ts";

/** A way back to the page where the visitor came from, if it is known. */
export function backLink(back: string | undefined): string {
  return back === undefined
    ? ""
    : `<p><a href="${escaped(localPath(back))}">Back to where you were</a></p>`;
}

/** @param body markup below the title. @param head markup */
export function whole(title: string, body: string, head = ""): string {
  return (
    `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>` +
    `<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">` +
    `<meta name="color-scheme" content="light dark">${head}<link rel="stylesheet" href="card.css"></head>` +
    `<body class="warmline-page"><main class="warmline"><h1>${escaped(title)}</h1>${body}</main></body></html>`
  );
}
