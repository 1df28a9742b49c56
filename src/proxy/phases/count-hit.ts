import type { Hit } from "../../model/hit.ts";
import type { Site } from "../../model/site.ts";
import type { VisitorRef } from "../../model/visitor.ts";
import type { Answer } from "../answer.ts";
import type { Exchange } from "../exchange.ts";
import type { AnswerHead } from "../http1/answer-head.ts";
import { CONTENT_DISPOSITION, CONTENT_TYPE } from "../http1/names.ts";
import { RequestHead } from "../http1/request-head.ts";
import { isNoise } from "../navigation.ts";
import { whyNothing } from "../noise.ts";
import { addressKeyOf } from "./recognise.ts";

/** Whether the answer is a page that counts. */
export function isPage(x: Pick<Exchange, "navigation" | "opened">, head: AnswerHead): boolean {
  if (x.opened) return head.status === 204;
  return x.navigation && (head.status === 304 || isDocument(head));
}

function isDocument(head: AnswerHead): boolean {
  const { status } = head;
  return (
    status >= 200 && status < 300 && head.isHtml && !isAttachment(head.value(CONTENT_DISPOSITION))
  );
}

/** Types that a browser saves, or shows beside the page like a file: not what programs exchange. */
const SAVED =
  /^application\/(zip|pdf|octet-stream|gzip|epub\+zip|java-archive|msword|rtf|x-(tar|gtar|gzip|bzip2?|xz|7z-compressed|rar-compressed|msdownload|msi|apple-diskimage|iso9660-image|debian-package|rpm)|vnd\.(?!ms-fontobject)[^;\s]*)\s*(;|$)/i;
const EXCHANGED = /^[^;]*\+(json|xml)\b/i;
/** Windows and frames; `empty` is also what `<a download>` sends, but without CORS. */
const SAVING = new Set(["document", "iframe", "frame", "embed", "object"]);

/** Of the few types that a site has, the answer is remembered. */
const saved = new Map<string, boolean>();
const MOST_TYPES = 100;

function isSaved(head: AnswerHead): boolean {
  if (!head.begins(CONTENT_TYPE, "application/") || head.is(CONTENT_TYPE, "application/json")) {
    return false;
  }
  const type = head.value(CONTENT_TYPE) ?? "";
  let is = saved.get(type);
  if (is === undefined) {
    is = SAVED.test(type) && !EXCHANGED.test(type);
    if (saved.size >= MOST_TYPES) saved.clear();
    saved.set(type, is);
  }
  return is;
}

/** Whether the answer may be a file that is saved, from its start: by itself, whatever asked for it. */
function isFile({ method }: Exchange, head: AnswerHead): "attachment" | "file" | undefined {
  if (method !== "GET" || (head.status !== 200 && head.status !== 206)) return undefined;
  const attachment = isAttachment(head.value(CONTENT_DISPOSITION));
  if (!attachment && !isSaved(head)) return undefined;
  // What a browser fetches in pieces is one download: the one of the first byte.
  if (head.status === 206 && !/^bytes 0-/i.test(head.get("content-range") ?? "")) return undefined;
  return attachment ? "attachment" : "file";
}

/** Whether whoever asked saves what it gets. */
function isSaving(asked: RequestHead, what: "attachment" | "file"): boolean {
  const destination = asked.get("sec-fetch-dest");
  return (
    destination === undefined ||
    SAVING.has(destination) ||
    (destination === "empty" &&
      (what === "attachment" || asked.get("sec-fetch-mode") === "no-cors"))
  );
}

const isAttachment = (disposition: string | undefined) =>
  disposition !== undefined && /^\s*attachment\s*(;|$)/i.test(disposition);

const again = new RequestHead();

/** Tells the engine of pages and downloads, and of what was noticed elsewhere. */
export function countHit(x: Exchange, { head }: Answer): void {
  const { site, edge } = x;
  if (!site || site.engagement === "off") return;
  const page = isPage(x, head);
  const { whyNoNavigation: why } = x;
  if (why !== undefined && isNoise(why) && isDocument(head)) edge.metrics.noise(site.name, why);
  const file = page ? undefined : isFile(x, head);
  const saved = file !== undefined && (x.navigation || isWanted(x, site, file));
  const kind = page ? "page" : saved ? "download" : x.noticed ? "notice" : undefined;
  if (kind !== undefined) tell(x, head.status, kind);
}

/** Whether a file is saved by a visitor, though it is not what he navigates to. What the request said is still there, as it went on. */
function isWanted(x: Exchange, site: Site, file: "attachment" | "file"): boolean {
  const { bytes, start, end } = x.held;
  again.scan(bytes, start, end);
  if (!isSaving(again, file)) return false;
  const { known } = x.connection;
  known.languageOf(again);
  x.referrer = known.referrerOf(again);
  const why = whyNothing(x, again);
  if (why !== undefined && isNoise(why)) x.edge.metrics.noise(site.name, why);
  return why === undefined;
}

function tell(x: Exchange, status: number, kind: Hit["kind"]): void {
  const { site, edge, history, consent, address } = x;
  const { known } = x.connection;
  if (!site) return;
  const addressKey = addressKeyOf(x, known.agent);
  // Only a page carries a first cookie, and what something was noticed of.
  const issuedInVain = kind !== "page" && !x.noticed && x.visitor.cookie === "issued";
  x.hit = kind;
  edge.metrics.hit(site.name);
  const by = known.asker({
    site: site.name,
    address,
    visitor: issuedInVain ? { cookie: "none", addressKey } : keyed(x.visitor, addressKey),
    consent,
    ...(history && !issuedInVain && { history }),
  });
  edge.link.hit(by, {
    atMs: x.startedMs,
    kind,
    url: (x.opened?.page ?? x.target).slice(0, MOST_URL),
    status: x.opened ? 200 : status,
    ...(x.withdrawn !== undefined && x.withdrawn !== "" && { withdrawn: x.withdrawn }),
    ...(x.noticed && { noticed: x.noticed }),
    ...(x.referrer !== undefined && { referrer: x.referrer.slice(0, MOST_URL) }),
  });
}

const MOST_URL = 2048;

const keyed = (visitor: VisitorRef, addressKey: string): VisitorRef =>
  visitor.addressKey === addressKey ? visitor : { ...visitor, addressKey };
