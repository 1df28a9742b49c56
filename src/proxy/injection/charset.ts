/**
 * How ASCII text is written in a document. In nearly all encodings of the standard ASCII bytes are ASCII characters; in ISO-2022-JP
 * only where nothing else has been switched to.
 */
export type Writing = "ascii" | "utf-16le" | "utf-16be" | "iso-2022-jp";

/** Names that browsers ignore or refuse to decode, but under which somebody may know an encoding in which ASCII is not ASCII. */
const FOREIGN =
  /^(utf-?16|utf-?32|ucs-?[24]|iso-10646-ucs-[24]|utf-7|hz-gb-2312|iso-2022-|csiso2022kr|replacement$)/i;

/** The encoding that a Content-Type names, "" without. */
export function charsetOf(contentType: string): string {
  const [, quoted, plain] = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]+))/i.exec(contentType) ?? [];
  return (quoted ?? plain ?? "").trim();
}

/**
 * How ASCII is written in the encoding of that name (https://encoding.spec.whatwg.org/#names-and-labels): undefined when browsers
 * do not know it, "foreign" when nothing should be written into such text.
 */
export function writingNamed(charset: string): Writing | "foreign" | undefined {
  if (charset === "") return undefined;
  try {
    const { encoding } = new TextDecoder(charset);
    const special = encoding === "utf-16le" || encoding === "utf-16be";
    return special || encoding === "iso-2022-jp" ? encoding : "ascii";
  } catch {
    return FOREIGN.test(charset) ? "foreign" : undefined;
  }
}

/**
 * How ASCII is written in a document that starts so: its byte order mark comes before what the answer's head says, and that before an
 * XML declaration in UTF-16 (https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding).
 * Undefined when nothing of that tells.
 */
export function writingAt(
  bytes: Buffer,
  start: number,
  end: number,
  named: Writing | undefined,
): Writing | undefined {
  if (end - start < 2) return named;
  const [a, b] = [bytes[start], bytes[start + 1]];
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  if (a === 0xef && b === 0xbb && end - start > 2 && bytes[start + 2] === 0xbf) return "ascii";
  if (named !== undefined || (a !== 0 && b !== 0)) return named;
  const first = bytes.toString("latin1", start, Math.min(end, start + 6));
  if (first === "<\0?\0x\0") return "utf-16le";
  return first === "\0<\0?\0x" ? "utf-16be" : undefined;
}

/** Whether every character takes two bytes at least. */
export function isWide(writing: Writing): boolean {
  return writing === "utf-16le" || writing === "utf-16be";
}

/** Text of UTF-16 as UTF-8 bytes; half a character at the end is left out. */
export function narrowed(bytes: Buffer, start: number, end: number, writing: Writing): Buffer {
  const copy = Buffer.from(bytes.subarray(start, end - ((end - start) & 1)));
  return Buffer.from((writing === "utf-16be" ? copy.swap16() : copy).toString("utf16le"));
}

/** ASCII text as it is written there. */
export function written(text: string, writing: Writing): Buffer {
  if (!isWide(writing)) return Buffer.from(text, "latin1");
  const bytes = Buffer.from(text, "utf16le");
  return writing === "utf-16be" ? bytes.swap16() : bytes;
}
