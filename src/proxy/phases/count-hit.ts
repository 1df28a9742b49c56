import type { Answer, Exchange } from "../exchange.ts";
import { valueOf } from "../fields.ts";

const SAVED = /^application\/(zip|pdf|octet-stream|gzip|x-tar|x-7z-compressed|msword|vnd\.)/i;

/** Whether the answer is a page that counts. */
export function isPage(x: Exchange, { status, fields }: Answer): boolean {
  if (!x.navigation) return false;
  if (status === 304) return true;
  return (
    status >= 200 && status < 300 && /^text\/html\b/i.test(valueOf(fields, "content-type") ?? "")
  );
}

/** Tells the engine of pages and downloads. */
export function countHit(x: Exchange, answer: Answer): void {
  const { site, request, edge } = x;
  if (!site || !x.navigation) return;
  const page = isPage(x, answer);
  const disposition = valueOf(answer.fields, "content-disposition") ?? "";
  const type = valueOf(answer.fields, "content-type") ?? "";
  const download = answer.status === 200 && (/^attachment/i.test(disposition) || SAVED.test(type));
  if (!page && !download) return;
  const {
    "user-agent": userAgent,
    "accept-language": language,
    referer: referrer,
  } = request.headers;
  // Only a page carries the cookie.
  const { visitorId: _, ...unknown } = x.visitor;
  const issuedInVain = !page && x.visitor.cookie === "issued";
  edge.metrics.hit(site.name);
  edge.link.hit({
    site: site.name,
    atMs: x.startedMs,
    kind: page && !/^attachment/i.test(disposition) ? "page" : "download",
    url: (request.url ?? "/").slice(0, 2048),
    status: answer.status,
    address: x.address,
    visitor: issuedInVain ? { ...unknown, cookie: "none" } : x.visitor,
    ...(x.history && !issuedInVain && { history: x.history }),
    ...(userAgent !== undefined && { userAgent: userAgent.slice(0, 512) }),
    ...(language !== undefined && { language: language.slice(0, 128) }),
    ...(referrer !== undefined && { referrer: referrer.slice(0, 2048) }),
  });
}
