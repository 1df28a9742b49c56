/** The beginning of a page, as bytes read as latin1: what it says about what may be added to the page, and where. */

const BLANK = "[\\t\\n\\f\\r ]";
const DOCTYPE = new RegExp(`^${BLANK}*<!doctype${BLANK}+html${BLANK}*>${BLANK}*`, "i");
const HTML = /^<html(?=[\t\n\f\r />])/i;
/** No `<head>`, one without attributes, or another element to start with. */
const NEXT = new RegExp(`^${BLANK}*<(?:head${BLANK}*>|(?!head[\\t\\n\\f\\r />])[a-z])`, "i");
/** https://amp.dev/documentation/guides-and-tutorials/learn/spec/amphtml, the flash in UTF-8. */
const AMP = /(?:^|[\t\n\f\r /])(?:amp|\u00e2\u009a\u00a1)(?:4ads|4email)?(?=[\t\n\f\r />=]|$)/i;
/**
 * The usual ways to name the encoding, as the first thing in a `<meta>`. Browsers look for it in the first 1024 bytes
 * (https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding).
 */
const CHARSET = new RegExp(
  `<meta${BLANK}+(?:charset${BLANK}*=|http-equiv${BLANK}*=${BLANK}*["']?content-type["']?${BLANK}+content${BLANK}*=${BLANK}*["'][^"'<>]*charset=)[^<>]{0,100}>`,
  "i",
);
const PRESCAN_BYTES = 1024;
/** What has to come before a script for it to be heeded. */
const HEEDED = /content-security-policy|<base[\t\n\f\r />]/i;

/**
 * Whether `<!doctype html>` and a script of together `length` bytes may stand in front of the page, so that a browser makes the
 * same of the page. In front of it (https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inhead) the page's own doctype is ignored, so
 * it must be the same; `<html>` hands its attributes over; `<head>` is ignored, so it must have none; comments would move into the
 * head, as white space does, which nobody sees; a byte order mark would be text; a policy or a `<base>` of the page's own would come too late;
 * the encoding must still be found.
 *
 * @param start the page's first 500 bytes at least, if it has so many
 * @param charset the encoding is named in the answer's head
 */
export function takesInFront(start: string, length: number, charset: boolean): boolean {
  const doctype = DOCTYPE.exec(start)?.[0].length ?? 0;
  if (doctype === 0) return false;
  const html = htmlAttributes(start, doctype);
  if (html === undefined || AMP.test(html.text)) return false;
  if (!NEXT.test(start.slice(html.end)) || HEEDED.test(start)) return false;
  if (charset) return true;
  const named = CHARSET.exec(start);
  if (!named) return false;
  const comment = start.indexOf("<!--");
  return (
    (comment < 0 || comment > named.index) &&
    named.index + named[0].length + length <= PRESCAN_BYTES
  );
}

/** Whether a document says that it is an AMP page, in which no scripts of others may be. */
export function isAmp(start: string): boolean {
  const html = /<html(?=[\t\n\f\r />])/i.exec(start);
  return html !== null && AMP.test(htmlAttributes(start, html.index)?.text ?? "");
}

/** Where a document says that its relative URLs start (`<base>`). */
export function baseOf(start: string): string | undefined {
  const base = /<base[\t\n\f\r /][^<>]*/i.exec(start)?.[0];
  return base === undefined ? undefined : attribute(base, "href");
}

const POLICY_META = /<meta\b[^<>]{0,8192}>/gi;
const IS_POLICY = /\bhttp-equiv\s*=[\s"']*content-security-policy(?![\w-])/i;
const REFERENCES: Readonly<Record<string, string>> = { "#39": "'", apos: "'", quot: '"', amp: "&" };

/** The policies in a document's `<meta>` elements; they count like headers for what comes after them. */
export function metaPolicies(html: string): string[] {
  return [...html.matchAll(POLICY_META)]
    .map(([meta]) => meta)
    .filter((meta) => IS_POLICY.test(meta))
    .map((meta) => attribute(meta, "content") ?? "");
}

/** An attribute's value in a tag. */
function attribute(tag: string, name: "href" | "content"): string | undefined {
  const [, double, single, bare] = ATTRIBUTES[name].exec(tag) ?? [];
  return (double ?? single ?? bare)?.replace(
    /&(#39|apos|quot|amp);/g,
    (_, name: string) => REFERENCES[name] ?? "",
  );
}
const ATTRIBUTES = {
  href: /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i,
  content: /\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i,
};

/** What is in the `<html>` tag at that position: nothing when none is there, undefined when its end is not. */
function htmlAttributes(start: string, at: number): { text: string; end: number } | undefined {
  const tag = HTML.exec(start.slice(at, at + 6));
  if (!tag) return { text: "", end: at };
  const from = at + tag[0].length;
  const end = tagEnd(start, from);
  return end < 0 ? undefined : { text: start.slice(from, end - 1), end };
}

/** The position behind the `>` of a tag, -1 when it is not there. Quotes count where a value starts. */
function tagEnd(text: string, from: number): number {
  let value = false;
  for (let at = from; at < text.length; at++) {
    const c = text[at] as string;
    if (c === ">") return at + 1;
    if (value && (c === '"' || c === "'")) {
      at = text.indexOf(c, at + 1);
      if (at < 0) return -1;
    }
    value = c === "=" || (value && /[\t\n\f\r ]/.test(c));
  }
  return -1;
}
