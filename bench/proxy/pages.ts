/** What the origin of the bench serves, the same in every run. */
import { gzipSync } from "node:zlib";

export interface Page {
  readonly type: string;
  readonly body: Buffer;
  /** Sent to who takes it, in chunks; who does not gets the body, in chunks as well. */
  readonly gzip?: Buffer;
}

const WORDS =
  "coffee beans roasted slowly in small batches from the highlands where farmers know every tree and pick by hand when cherries are ripe then wash dry rest grind brew taste again with notes of plum honey cocoa".split(
    " ",
  );

export const pages = {
  "/data.json": { type: "application/json", body: prose('{"beans":"', '"}', 1024) },
  "/list.pdf": { type: "application/pdf", body: prose("%PDF-1.7\n", "\n%%EOF\n", 1024) },
  "/page": html(30_000),
  "/page-gzip": compressed(html(30_000)),
  "/long": html(300_000),
  "/long-gzip": compressed(html(300_000)),
  "/film": { type: "video/mp4", body: prose("", "", 1 << 20) },
} as const satisfies Record<string, Page>;

export type Path = keyof typeof pages;

function html(bytes: number): Page {
  const head = `<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Beans</title>\n</head>\n<body>\n<p>`;
  const body = prose(head, "</p>\n</body>\n</html>\n", bytes);
  return { type: "text/html; charset=utf-8", body };
}

function compressed(page: Page): Page {
  return { ...page, gzip: gzipSync(page.body) };
}

/** Words between two ends, about as compressible as prose is. */
function prose(head: string, tail: string, bytes: number): Buffer {
  let [text, state] = ["", 1];
  while (text.length < bytes) {
    // A linear congruential generator (Numerical Recipes, section 7.1): the same words each time.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += (WORDS[(state >>> 16) % WORDS.length] ?? "") + (state % 97 === 0 ? "</p>\n<p>" : " ");
  }
  return Buffer.from(head + text.slice(0, bytes - head.length - tail.length) + tail);
}
