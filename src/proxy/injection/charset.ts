/**
 * Encodings of text in which our ASCII bytes would not be ASCII text: UTF-16 and UTF-32
 * (https://encoding.spec.whatwg.org/#names-and-labels; browsers know no UTF-32, other readers do).
 */
const WIDE =
  /^(utf-?16|utf-?32|ucs-?[24]|csunicode|unicode(feff|fffe)?$|iso-10646-ucs-[24]|utf-7|hz-gb-2312|iso-2022-)/i;

/** Whether a Content-Type names an encoding that our markup does not fit. */
export function isWide(contentType: string): boolean {
  const [, quoted, plain] = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]+))/i.exec(contentType) ?? [];
  return WIDE.test((quoted ?? plain ?? "").trim());
}

/** Whether a document starts with a byte order mark of UTF-16 or UTF-32; browsers believe it more than any header. */
export function startsWide(start: Buffer): boolean {
  const [a, b, c, d] = start;
  return (
    (a === 0xff && b === 0xfe) ||
    (a === 0xfe && b === 0xff) ||
    (a === 0 && b === 0 && c === 0xfe && d === 0xff)
  );
}
