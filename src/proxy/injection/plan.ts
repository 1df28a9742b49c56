import { randomBytes } from "node:crypto";
import type { Site } from "../../model/site.ts";
import type { NotNavigation } from "../navigation.ts";
import { additionsAt } from "./additions.ts";
import { type Appended, Appending, room } from "./appending.ts";
import { charsetOf, isWide, type Writing, writingNamed } from "./charset.ts";
import { type Fit, fitPolicies } from "./csp.ts";
import { ENCODINGS } from "./decode.ts";
import type { Beginning } from "./document-start.ts";
import { Front, GzipFront } from "./gzip-front.ts";
import { fit } from "./gzip-peek.ts";
import { recoding } from "./recoding.ts";
import type { Stage, Streams } from "./stage.ts";
import { ENFORCED, type FieldChanges, REPORT_ONLY, trueFields } from "./true-fields.ts";

/** An answer's head and what was asked: all that decides what may be added to the body. */
export interface Page {
  readonly site: Site | undefined;
  readonly method: string;
  /** Why the request does not open a document. */
  readonly whyNoNavigation: NotNavigation | undefined;
  /** Host and perhaps port, as the visitor knows them. */
  readonly authority: string;
  /** The visitor came by https. */
  readonly secure: boolean;
  /** What the visitor is to find at the end of the page. */
  readonly invitation: string | undefined;
  readonly status: number;
  /** Bytes of the body, when the head says so. */
  readonly length: number | undefined;
  /** The body ends by its framing, not with the connection: one that was cut off is known as such. */
  readonly delimited: boolean;
  /** All values of a field, joined as a list; `name` in lower case. */
  field(name: string): string | undefined;
  /** Each value of a field. */
  fieldAll(name: string): string[];
}

export type Plan = Skip | Injection;

export interface Skip {
  readonly inject: false;
  readonly reason: string;
}

export interface Injection extends FieldChanges {
  readonly inject: true;
  /** Bytes that are added to a body whose length is known, when that is certain without any of it. */
  readonly adds: number | undefined;
  /**
   * The body's way. What has come of it with the head, if anything, may decide; it is given to the way all the same.
   *
   * @param appended is called once, at the end of a whole body
   */
  begin(
    bytes: Buffer,
    start: number,
    end: number,
    appended: (what: Appended) => void,
  ): Stage | Streams;
}

/** What is added to a page, or why nothing is. A HEAD is planned as the GET would be. */
export function plan(page: Page): Plan {
  const { site } = page;
  const reason = whyNot(page);
  if (reason !== undefined || !site) return { inject: false, reason: reason ?? "disabled" };
  const coded = (page.field("content-encoding") ?? "").trim().toLowerCase();
  const coding = ENCODINGS.find((e) => e === (coded || "identity"));
  if (!coding) return { inject: false, reason: "encoding" };

  const to = additionsAt(page.secure, page.authority, site.reservedPath);
  const [enforced, reportOnly] = [page.fieldAll(ENFORCED), page.fieldAll(REPORT_ONLY)];
  const free = enforced.length === 0 && reportOnly.length === 0;
  const nonce = free ? "" : randomBytes(18).toString("base64");
  const may = free ? FREE : fitPolicies({ enforced, reportOnly }, to, nonce);
  const markup = may.form ? styled(page.invitation ?? "", may.style) : "";
  const loader = !may.script ? "" : may.nonce ? to.loaderWith(nonce) : to.loader;
  if (markup === "" && loader === "") return { inject: false, reason: "csp" };
  const type = typeOf(page.field("content-type") ?? "");
  const named = type.named === "foreign" ? undefined : type.named;
  const text = { markup, loader };
  const known = coding === "identity" ? page.length : undefined;
  const adds = known === undefined ? undefined : room(text, named ?? "ascii", known);
  const once = markup !== "" ? "invitation" : may.nonce ? "nonce" : undefined;
  return {
    inject: true,
    ...trueFields((name) => page.field(name), once, free ? undefined : may.policies),
    adds,
    begin(bytes, start, end, appended) {
      const tail = {
        ...text,
        allowed: (document: Beginning) => to.allowedIn(document),
        appended,
      };
      if (coding === "identity") return new Appending(tail, { named, adds });
      const streams = () => recoding(tail, coding, named);
      const zipped = coding === "gzip" || coding === "x-gzip";
      const wide = named !== undefined && isWide(named);
      if (!zipped || wide || markup !== "" || !page.delimited) return streams();
      const front = may.nonce ? new Front(loader) : to.front;
      const charset = named !== undefined;
      const way = { front, charset, otherwise: streams, appended };
      const fits = fit(bytes, start, end, { length: front.length, charset });
      return fits === false ? streams() : new GzipFront(way, fits === true);
    },
  };
}

/** No policy is one that allows everything. */
const FREE: Fit = {
  script: true,
  nonce: false,
  form: true,
  style: true,
  policies: { enforced: [], reportOnly: [] },
};

/** Why nothing may be added, apart from policies and encodings. */
function whyNot(page: Page): string | undefined {
  const { site, method, status, whyNoNavigation } = page;
  if (!site || site.engagement === "off") return "disabled";
  if (method !== "GET" && method !== "HEAD") return "method";
  if (status === 206 || page.field("content-range") !== undefined) return "range";
  if (status !== 200) return "status";
  const type = typeOf(page.field("content-type") ?? "");
  if (!type.html) return "content_type";
  if (isSaid(page.field("content-disposition"), /^\s*attachment/i)) return "attachment";
  // One that is made ready ahead has the loader with it: it says when somebody looks.
  if (whyNoNavigation !== undefined && whyNoNavigation !== "prerender") return whyNoNavigation;
  if (isSaid(page.field("cache-control"), /(^|[\s,;])no-transform($|[\s,;])/i))
    return "no_transform";
  if (type.named === "foreign") return "charset";
  return page.length === 0 ? "empty" : undefined;
}

const isSaid = (value: string | undefined, pattern: RegExp) =>
  value !== undefined && pattern.test(value);

interface Type {
  readonly html: boolean;
  /** How ASCII is written in the encoding that is named, if one is. */
  readonly named: Writing | "foreign" | undefined;
}

const types = new Map<string, Type>();
const MOST_TYPES = 100;

/** What a Content-Type says. Of the few that a site has, it is remembered. */
function typeOf(value: string): Type {
  let type = types.get(value);
  if (!type) {
    const html = /^text\/html\s*(;|$)/i.test(value);
    type = { html, named: writingNamed(charsetOf(value)) };
    if (types.size >= MOST_TYPES) types.clear();
    types.set(value, type);
  }
  return type;
}

/** An invitation reads well without its stylesheet; a forbidden one would only be reported to the site's owner. */
function styled(html: string, style: boolean): string {
  return style ? html : html.replaceAll(/<link rel="stylesheet"[^>]*>/g, "");
}
