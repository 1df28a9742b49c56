/**
 * SIP messages (RFC 3261, sections 7 and 25), read strictly and written safely. Texts are latin1: one character for each byte
 * on the wire, so that what is passed on is not changed and lengths are lengths in bytes.
 */

export interface SipHeader {
  /** In lower case, compact forms written out. */
  readonly name: string;
  readonly value: string;
}

interface Message {
  readonly headers: readonly SipHeader[];
  readonly body: string;
}

export interface SipRequest extends Message {
  readonly method: string;
  readonly uri: string;
}

export interface SipResponse extends Message {
  readonly status: number;
  readonly reason: string;
}

export type SipMessage = SipRequest | SipResponse;

/** Longer ones are not read: what telephones say fits into a tenth of this. */
export const LONGEST_MESSAGE = 65_535;
const MOST_HEADERS = 200;

/** RFC 3261, section 7.3.3; Session-Expires and Refer-To have theirs in RFC 4028 and RFC 3515. */
const COMPACT: Readonly<Record<string, string>> = {
  c: "content-type",
  e: "content-encoding",
  f: "from",
  i: "call-id",
  k: "supported",
  l: "content-length",
  m: "contact",
  r: "refer-to",
  s: "subject",
  t: "to",
  v: "via",
  x: "session-expires",
};

/** Those whose values are lists that may also be written as several headers; commas in quotes and <> do not divide. */
const ONCE = ["from", "to", "call-id", "cseq"];

const REQUEST = /^([A-Z]{1,20}) (sips?:[^\s<>]{1,1000}|tel:[^\s<>]{1,1000}) SIP\/2\.0$/i;
const RESPONSE = /^SIP\/2\.0 ([1-6]\d\d) ?([^\r\n]*)$/i;
const HEADER = /^([A-Za-z0-9\-.!%*_+`'~]{1,60})[ \t]*:[ \t]*(.*)$/s;

export const isRequest = (message: SipMessage): message is SipRequest => "method" in message;

/**
 * Reads one message; nothing when it is none, or lacks what every message must have (RFC 3261, section 8.1.1). What follows
 * after Content-Length bytes of body is left out (section 18.3).
 */
export function parseMessage(text: string): SipMessage | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0 || text.length > LONGEST_MESSAGE) return undefined;
  const head = text.slice(0, end);
  // Folded lines are one line (section 7.3.1); a lone CR, LF or NUL is never right.
  const lines = head.replaceAll(/\r\n[ \t]+/g, " ").split("\r\n");
  const [start = "", ...rest] = lines;
  if (rest.length > MOST_HEADERS || lines.some((line) => /[\r\n\0]/.test(line))) return undefined;
  const headers: SipHeader[] = [];
  for (const line of rest) {
    const [, written = "", value = ""] = HEADER.exec(line) ?? [];
    if (written === "") return undefined;
    const name = written.toLowerCase();
    headers.push({ name: COMPACT[name] ?? name, value: value.trim() });
  }
  const message = startLine(start, headers, text.slice(end + 4));
  return message && isWhole(message) ? message : undefined;
}

function startLine(line: string, headers: SipHeader[], rest: string): SipMessage | undefined {
  const lengths = headers.filter((one) => one.name === "content-length");
  const length = lengths.length === 0 ? rest.length : contentLength(lengths);
  if (length === undefined || length > rest.length) return undefined;
  const body = rest.slice(0, length);
  const [, method, uri] = REQUEST.exec(line) ?? [];
  if (method !== undefined && uri !== undefined) return { method, uri, headers, body };
  const [, status, reason = ""] = RESPONSE.exec(line) ?? [];
  return status === undefined ? undefined : { status: Number(status), reason, headers, body };
}

/** What all Content-Length headers say, if they agree. */
export function contentLength(headers: readonly { readonly value: string }[]): number | undefined {
  const [first, ...others] = headers.map((one) => one.value);
  if (first === undefined || others.some((other) => other !== first)) return undefined;
  return /^\d{1,6}$/.test(first) ? Number(first) : undefined;
}

function isWhole(message: SipMessage): boolean {
  const count = (name: string) => message.headers.filter((one) => one.name === name).length;
  if (ONCE.some((name) => count(name) !== 1)) return false;
  const via = topVia(message);
  const { method } = cseqOf(message) ?? {};
  if (!via || method === undefined || !header(message, "call-id")) return false;
  return !isRequest(message) || method === message.method;
}

/** The first header of that name (lower case), or nothing. */
export function header({ headers }: Message, name: string): string | undefined {
  return headers.find((one) => one.name === name)?.value;
}

/** All values of a header that is a list: one for each comma that stands outside of quotes and `<>`. */
export function headerList({ headers }: Message, name: string): string[] {
  return headers.filter((one) => one.name === name).flatMap((one) => splitList(one.value));
}

/** Divides at commas outside of quotes and `<>`. */
export function splitList(value: string): string[] {
  const parts = value.match(/(?:"(?:[^"\\]|\\.)*"|<[^>]*>|[^,"<])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

export interface CSeq {
  readonly number: number;
  readonly method: string;
}

/** RFC 3261, section 20.16. */
export function cseqOf(message: Message): CSeq | undefined {
  const [, number, method = ""] =
    /^(\d{1,10})[ \t]+([A-Z]{1,20})$/.exec(header(message, "cseq") ?? "") ?? [];
  const value = Number(number);
  return number === undefined || value >= 2 ** 31 ? undefined : { number: value, method };
}

export interface Via {
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}

const VIA =
  /^SIP[ \t]*\/[ \t]*2\.0[ \t]*\/[ \t]*([A-Za-z]{2,10})[ \t]+(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.\-_]+)(?:[ \t]*:[ \t]*(\d{1,5}))?[ \t]*((?:;.*)?)$/;

/** The hop that a message came from, or that a response goes to (RFC 3261, section 20.42). */
export function topVia(message: Message): Via | undefined {
  const [value = ""] = headerList(message, "via");
  const [, transport, host, port, rest = ""] = VIA.exec(value) ?? [];
  if (transport === undefined || host === undefined) return undefined;
  return {
    transport: transport.toUpperCase(),
    host: host.replace(/^\[|\]$/g, ""),
    port: port === undefined ? undefined : Number(port),
    parameters: parametersOf(rest),
  };
}

/** `;name=value` pairs; a value that is in quotes without them. Names in lower case. */
export function parametersOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const pair = /;[ \t]*([^\s;="]+)(?:[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^\s;"]*))?/g;
  for (const [, name = "", value = ""] of text.matchAll(pair)) {
    found.set(name.toLowerCase(), value.replace(/^"(.*)"$/s, "$1"));
  }
  return found;
}

/** The address of a From, To, Contact, Route or Refer-To, with the parameters after it (RFC 3261, section 20.10). */
export function addressOf(value: string): { uri: string; parameters: Map<string, string> } {
  const named = /^(?:"(?:[^"\\]|\\.)*"|[^<"]*)[ \t]*<([^>]*)>(.*)$/s.exec(value);
  if (named) return { uri: named[1] ?? "", parameters: parametersOf(named[2] ?? "") };
  const [uri = ""] = value.split(";", 1);
  return { uri: uri.trim(), parameters: parametersOf(value.slice(uri.length)) };
}

export interface SipUri {
  /** Decoded; empty when there is none. */
  readonly user: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly secure: boolean;
  readonly parameters: ReadonlyMap<string, string>;
}

const URI =
  /^(sips?):(?:([^@\s:;<>]*)(?::[^@\s<>]*)?@)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.\-_]+)(?::(\d{1,5}))?((?:;[^\s?]*)?)(?:\?.*)?$/i;

/** RFC 3261, section 19.1; nothing for what is no SIP URI. */
export function parseUri(uri: string): SipUri | undefined {
  const [, scheme, user = "", host, port, rest = ""] = URI.exec(uri) ?? [];
  if (scheme === undefined || host === undefined) return undefined;
  return {
    user: decoded(user),
    host: host.replace(/^\[|\]$/g, ""),
    port: port === undefined ? undefined : Number(port),
    secure: scheme.toLowerCase() === "sips",
    parameters: parametersOf(rest),
  };
}

function decoded(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}

/** A number or an extension as the user part of a URI: whatever means something there is escaped (section 19.1.2). */
export function userPart(number: string): string {
  return encodeURIComponent(number).replaceAll("%2B", "+");
}

/** A name in quotes for a header (section 25.1); control characters are left out. Given in UTF-16, as names are. */
export function quoted(name: string): string {
  const plain = name.replaceAll(/\p{Cc}/gu, "").replaceAll(/["\\]/g, (one) => `\\${one}`);
  return `"${Buffer.from(plain, "utf8").toString("latin1")}"`;
}

/** Host and port as they are written; IPv6 in brackets. */
export function hostPortText({ host, port }: { host: string; port?: number | undefined }): string {
  const written = host.includes(":") ? `[${host}]` : host;
  return port === undefined ? written : `${written}:${port}`;
}

/**
 * The message as it goes onto the wire, with its Content-Length.
 *
 * @throws {TypeError} when a line has a line end in it: what outsiders choose must have been escaped before
 */
export function writeMessage(message: SipMessage): string {
  const start = isRequest(message)
    ? `${message.method} ${message.uri} SIP/2.0`
    : `SIP/2.0 ${message.status} ${message.reason}`;
  const fields = message.headers
    .filter((one) => one.name !== "content-length")
    .map((one) => `${written(one.name)}: ${one.value}`);
  const lines = [start, ...fields, `Content-Length: ${message.body.length}`];
  if (lines.some((line) => /[\r\n\0]/.test(line))) {
    throw new TypeError("a line of a SIP message has a line end in it");
  }
  return `${lines.join("\r\n")}\r\n\r\n${message.body}`;
}

const AS_THEY_ARE: Readonly<Record<string, string>> = {
  "call-id": "Call-ID",
  cseq: "CSeq",
  "min-se": "Min-SE",
};

function written(name: string): string {
  return AS_THEY_ARE[name] ?? name.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
