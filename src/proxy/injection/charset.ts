/**
 * Encodings of text in which our ASCII bytes would not be ASCII text: UTF-16 and UTF-32
 * (https://encoding.spec.whatwg.org/#names-and-labels; browsers know no UTF-32, other readers do).
 */
const WIDE =
  /^(utf-?16|utf-?32|ucs-?[24]|csunicode|unicode(feff|fffe)?$|iso-10646-ucs-[24]|utf-7|hz-gb-2312|iso-2022-)/i;

/** The encoding that a Content-Type names, "" without. */
export function charsetOf(contentType: string): string {
  const [, quoted, plain] = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]+))/i.exec(contentType) ?? [];
  return (quoted ?? plain ?? "").trim();
}

/** Whether our markup does not fit into text of this encoding. */
export function isWide(charset: string): boolean {
  return WIDE.test(charset);
}

/**
 * Whether a document starts with a byte order mark of UTF-16 or UTF-32, and which byte comes first then; browsers believe it more
 * than any header.
 */
export function wideStart(bytes: Buffer, start: number, end: number): "little" | "big" | undefined {
  if (end - start < 2) return undefined;
  const [a, b] = [bytes[start], bytes[start + 1]];
  if (a === 0xff && b === 0xfe) return "little";
  if (a === 0xfe && b === 0xff) return "big";
  const wider = a === 0 && b === 0 && end - start >= 4;
  return wider && bytes[start + 2] === 0xfe && bytes[start + 3] === 0xff ? "big" : undefined;
}
