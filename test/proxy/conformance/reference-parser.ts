/**
 * A second opinion on HTTP/1.1 messages: slow, strict, written down from the grammar of RFC 9110 and RFC 9112, and sharing
 * nothing with the code that it judges. Bytes are characters (latin1).
 */
export type Field = readonly [name: string, value: string];

export interface Message {
  /** The request line or status line. */
  readonly line: string;
  readonly fields: readonly Field[];
  readonly framing: "none" | "length" | "chunked" | "close";
  readonly body: string;
  readonly trailers: readonly Field[];
}

/** What the bytes begin with: a whole message, a part of one (with its head, once that is whole), or nothing that is one. */
export type Reading =
  | { readonly is: "whole"; readonly message: Message; readonly rest: string }
  | { readonly is: "part"; readonly head?: Pick<Message, "line" | "fields" | "body"> }
  | {
      readonly is: "fault";
      readonly fault: string;
      readonly head?: Pick<Message, "line" | "fields">;
    };

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const TEXT = "[\\t\\x20-\\x7e\\x80-\\xff]*";
// RFC 9112, section 3, and 3.2.1: no fragment; bytes beyond ASCII are sent raw by some tools, and no server takes them for anything else.
const REQUEST_LINE = new RegExp(`^${TOKEN} [!"$-~\\x80-\\xff]+ HTTP/1\\.[01]$`);
// RFC 9112, section 4; the reason means nothing, and many leave out the space in front of an empty one.
const STATUS_LINE = /^HTTP\/1\.[01] [1-9]\d\d(?: [^\r\n]*)?$/;
// RFC 9110, section 5: no white space in front of the colon, none around the value is part of it.
const FIELD_LINE = new RegExp(`^(${TOKEN}):[ \\t]*(${TEXT}?)[ \\t]*$`);
// RFC 9112, section 7.1.1, without the "bad white space" that nobody sends.
const QUOTED = '"(?:[\\t !#-\\[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"';
const EXTENSION = `;${TOKEN}(?:=(?:${TOKEN}|${QUOTED}))?`;
const CHUNK_LINE = new RegExp(`^([0-9A-Fa-f]{1,13})(?:${EXTENSION})*$`);

/** Without the empty lines that may stand in front of a request (RFC 9112, section 2.2); we let two pass. */
export const skipEmptyLines = (bytes: string): string => bytes.replace(/^(\r\n){0,2}/, "");

// RFC 9110, section 6.5.1: framing, routing, authentication, what says how to read the content; and what only we say.
const NO_TRAILER =
  /^(content-(length|encoding|type|range)|transfer-encoding|trailer|host|te|expect|connection|upgrade|cache-control|authorization|(set-)?cookie|forwarded|x-(forwarded|warmline)-.*)$/i;

/** Reads one request. */
export function readRequest(bytes: string): Reading {
  return readMessage(bytes, REQUEST_LINE, ({ line, fields }) => {
    if (valuesOf(fields, "host").length !== 1) return "not one Host";
    return framingOf(fields, line.endsWith(" HTTP/1.0")) ?? "none";
  });
}

/**
 * Reads one answer.
 *
 * @param to `bodiless`: the request was one (HEAD) whose answer has no body; `ended`: no more bytes will come
 */
export function readAnswer(bytes: string, to: { bodiless: boolean; ended: boolean }): Reading {
  const reading = readMessage(bytes, STATUS_LINE, ({ line, fields }) => {
    const framing = framingOf(fields, line.startsWith("HTTP/1.0 ")) ?? "close";
    if (!/^(length|chunked|close)$/.test(framing)) return framing;
    return to.bodiless || /^\S+ (1\d\d|204|304)\b/.test(line) ? "none" : framing;
  });
  if (reading.is !== "whole" || reading.message.framing !== "close") return reading;
  return to.ended ? reading : { is: "part", head: reading.message };
}

/** All values of a field; `name` in lower case. */
export function valuesOf(fields: readonly Field[], name: string): string[] {
  return fields.flatMap(([n, value]) => (n.toLowerCase() === name ? [value] : []));
}

function readMessage(
  bytes: string,
  start: RegExp,
  bodyOf: (head: Pick<Message, "line" | "fields">) => string,
): Reading {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return { is: "part" };
  const [line = "", ...lines] = bytes.slice(0, end).split("\r\n");
  if (!start.test(line)) return { is: "fault", fault: `the line ${JSON.stringify(line)}` };
  const fields = fieldsOf(lines);
  if (typeof fields === "string") return { is: "fault", fault: fields };
  const behind = bytes.slice(end + 4);
  const head = { line, fields, trailers: [] };
  const framing = bodyOf(head);
  switch (framing) {
    case "none":
      return { is: "whole", message: { ...head, framing, body: "" }, rest: behind };
    case "close":
      return { is: "whole", message: { ...head, framing, body: behind }, rest: "" };
    case "length": {
      const length = Number(valuesOf(fields, "content-length")[0]);
      const body = behind.slice(0, length);
      if (behind.length < length) return { is: "part", head: { ...head, body } };
      return { is: "whole", message: { ...head, framing, body }, rest: behind.slice(length) };
    }
    case "chunked": {
      const chunks = readChunks(behind);
      if (chunks.is === "fault") return { ...chunks, head };
      if (chunks.is === "part") return { is: "part", head: { ...head, body: chunks.body } };
      const { body, trailers, rest } = chunks;
      return { is: "whole", message: { ...head, framing, body, trailers }, rest };
    }
    default:
      return { is: "fault", fault: framing };
  }
}

/** RFC 9112, sections 6.1 and 6.3; whatever is ambiguous is a fault. */
function framingOf(fields: readonly Field[], old: boolean): string | undefined {
  const lengths = valuesOf(fields, "content-length");
  const codings = valuesOf(fields, "transfer-encoding");
  if (codings.length > 0) {
    if (lengths.length > 0) return "Content-Length beside Transfer-Encoding";
    if (old) return "Transfer-Encoding in HTTP/1.0";
    return codings.length === 1 && codings[0]?.toLowerCase() === "chunked"
      ? "chunked"
      : "a Transfer-Encoding other than chunked";
  }
  if (lengths.length === 0) return undefined;
  return lengths.length === 1 && /^\d{1,15}$/.test(lengths[0] ?? "") ? "length" : "no one length";
}

type Chunks =
  | { readonly is: "whole"; body: string; trailers: readonly Field[]; rest: string }
  | { readonly is: "part"; body: string }
  | { readonly is: "fault"; fault: string };

/** RFC 9112, section 7.1. */
export function readChunks(bytes: string): Chunks {
  let body = "";
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf("\r\n");
    if (end < 0) return { is: "part", body };
    const line = rest.slice(0, end);
    const size = CHUNK_LINE.exec(line)?.[1];
    if (size === undefined) return { is: "fault", fault: `the chunk ${JSON.stringify(line)}` };
    const length = Number.parseInt(size, 16);
    rest = rest.slice(end + 2);
    if (length === 0) break;
    body += rest.slice(0, length);
    if (rest.length < length + 2) return { is: "part", body };
    if (rest.slice(length, length + 2) !== "\r\n") return { is: "fault", fault: "an open chunk" };
    rest = rest.slice(length + 2);
  }
  if (rest.startsWith("\r\n")) return { is: "whole", body, trailers: [], rest: rest.slice(2) };
  const end = rest.indexOf("\r\n\r\n");
  if (end < 0) return { is: "part", body };
  const trailers = fieldsOf(rest.slice(0, end).split("\r\n"));
  if (typeof trailers === "string") return { is: "fault", fault: trailers };
  const forbidden = trailers.find(([name]) => NO_TRAILER.test(name));
  if (forbidden) return { is: "fault", fault: `a trailer of ${forbidden[0]}` };
  return { is: "whole", body, trailers, rest: rest.slice(end + 4) };
}

/** The fields, or what is wrong with the first that is none. */
function fieldsOf(lines: readonly string[]): readonly Field[] | string {
  const fields: Field[] = [];
  for (const line of lines) {
    const field = FIELD_LINE.exec(line);
    if (!field) return `the field ${JSON.stringify(line)}`;
    fields.push([field[1] ?? "", field[2] ?? ""]);
  }
  return fields;
}
