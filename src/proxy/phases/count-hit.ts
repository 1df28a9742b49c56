import type { Answer, Exchange } from "../exchange.ts";
import { valueOf } from "../fields.ts";
import { whyUncounted } from "../navigation.ts";

/** Whether the answer is a page that counts. */
export function isPage(x: Exchange, { status, fields }: Answer): boolean {
  if (!x.navigation) return false;
  if (status === 304) return true;
  return (
    status >= 200 &&
    status < 300 &&
    /^text\/html\s*(;|$)/i.test(valueOf(fields, "content-type") ?? "") &&
    !isAttachment(valueOf(fields, "content-disposition"))
  );
}

/** Types that a browser saves, or shows beside the page like a file: not what programs exchange. */
const SAVED =
  /^application\/(zip|pdf|octet-stream|gzip|epub\+zip|java-archive|msword|rtf|x-(tar|gtar|gzip|bzip2?|xz|7z-compressed|rar-compressed|msdownload|msi|apple-diskimage|iso9660-image|debian-package|rpm)|vnd\.(?!ms-fontobject)[^;\s]*)\s*(;|$)/i;
const EXCHANGED = /^[^;]*\+(json|xml)\b/i;
/** Windows and frames; `empty` is also what `<a download>` sends, but without CORS. */
const SAVING = new Set(["document", "iframe", "frame", "embed", "object"]);

/** Whether the answer is a file that the visitor gets, from its start. */
export function isDownload({ request }: Exchange, { status, fields }: Answer): boolean {
  if (request.method !== "GET") return false;
  // What a browser fetches in pieces is one download: the one of the first byte.
  const first = /^bytes 0-/i.test(valueOf(fields, "content-range") ?? "");
  if (status !== 200 && !(status === 206 && first)) return false;
  const { "sec-fetch-dest": destination, "sec-fetch-mode": mode } = request.headers;
  const attachment = isAttachment(valueOf(fields, "content-disposition"));
  const saving =
    destination === undefined ||
    SAVING.has(destination) ||
    (destination === "empty" && (attachment || mode === "no-cors"));
  const type = valueOf(fields, "content-type") ?? "";
  return saving && (attachment || (SAVED.test(type) && !EXCHANGED.test(type)));
}

const isAttachment = (disposition = "") => /^\s*attachment\s*(;|$)/i.test(disposition);

/** Tells the engine of pages and downloads. */
export function countHit(x: Exchange, answer: Answer): void {
  const { site, request, edge } = x;
  if (!site) return;
  const page = isPage(x, answer);
  if (!page && !isDownload(x, answer)) return;
  if (!page && whyUncounted(site, request) !== undefined) return;
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
    kind: page ? "page" : "download",
    url: (request.url ?? "/").slice(0, 2048),
    status: answer.status,
    address: x.address,
    visitor: issuedInVain ? { ...unknown, cookie: "none" } : x.visitor,
    ...(x.history && !issuedInVain && { history: x.history }),
    ...(userAgent !== undefined && { userAgent: userAgent.slice(0, MOST_AGENT_CHARACTERS) }),
    ...(language !== undefined && { language: language.slice(0, 128) }),
    ...(referrer !== undefined && { referrer: referrer.slice(0, 2048) }),
  });
}

/** As much of it as the address key is made of. */
const MOST_AGENT_CHARACTERS = 512;
