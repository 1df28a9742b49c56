import { TOKEN, VALUE } from "../http1/names.ts";

/** The request of a stream as the head of an HTTP/1.1 message. */
export interface RequestText {
  /** With its empty line; one byte for each character. */
  readonly head: string;
  readonly isHead: boolean;
  /** How the body goes on the wire. */
  readonly body: "none" | "length" | "chunked";
  /** Bytes of the body, when `body` is "length". */
  readonly length: number;
  /** Opens a tunnel (RFC 8441); the key whose answer proves that the origin understood. */
  readonly tunnelKey: string | undefined;
}

/** `malformed`: a stream error (RFC 9113, section 8.1.1). `connect`: a request for a tunnel to anywhere, which we are not. */
export type RequestFault = "malformed" | "connect";

/** Fields of one HTTP/1.1 connection (RFC 9113, section 8.2.2). */
const OF_CONNECTION = new Set([
  "connection",
  "proxy-connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);
const PSEUDO = new Set([":method", ":scheme", ":path", ":authority", ":protocol"]);

/**
 * Writes the head of an HTTP/1.1 request from the fields of a HEADERS frame, in their order. Whatever could be read as another
 * message when it is written so is a fault (RFC 9113, sections 8.2, 8.3 and 10.3).
 *
 * @param fields names and values in turn
 * @param ended no body follows
 * @param newKey makes a `Sec-WebSocket-Key`
 */
export function requestText(
  fields: readonly string[],
  ended: boolean,
  newKey: () => string,
): RequestText | RequestFault {
  const pseudo = new Map<string, string>();
  let lines = "";
  let cookies = "";
  let host: string | undefined;
  let length: string | undefined;
  let behind = false;
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [name, value] = [fields[i] ?? "", fields[i + 1] ?? ""];
    if (!isValue(value)) return "malformed";
    if (name.startsWith(":")) {
      // Before all other fields, each once, no others.
      if (behind || !PSEUDO.has(name) || pseudo.has(name)) return "malformed";
      pseudo.set(name, value);
      continue;
    }
    behind = true;
    if (!isName(name) || OF_CONNECTION.has(name)) return "malformed";
    if (name === "te") {
      if (value.toLowerCase() !== "trailers") return "malformed";
      lines += "te: trailers\r\n";
    } else if (name === "host") {
      if (host !== undefined) return "malformed";
      host = value;
    } else if (name === "content-length") {
      if (length !== undefined || !/^\d{1,15}$/.test(value)) return "malformed";
      length = value;
      // One line for all crumbs (RFC 9113, section 8.2.3).
    } else if (name === "cookie") cookies += cookies === "" ? value : `; ${value}`;
    else lines += `${name}: ${value}\r\n`;
  }
  const method = pseudo.get(":method") ?? "";
  const protocol = pseudo.get(":protocol");
  if (method === "CONNECT" && protocol === undefined) return "connect";
  const target = pseudo.get(":path") ?? "";
  const authority = pseudo.get(":authority") ?? host;
  if (
    !isMethod(method) ||
    pseudo.get(":scheme") !== "https" ||
    !isTarget(target, method) ||
    authority === undefined ||
    !/^[^\s/?#@,]+$/.test(authority) ||
    (host !== undefined && host.toLowerCase() !== authority.toLowerCase())
  ) {
    return "malformed";
  }
  if (cookies !== "") lines += `cookie: ${cookies}\r\n`;
  if (protocol !== undefined) {
    if (method !== "CONNECT" || ended || length !== undefined) return "malformed";
    return tunnel(protocol, target, `host: ${authority}\r\n${lines}`, newKey());
  }
  if (ended && length !== undefined && Number(length) > 0) return "malformed";
  const body = ended ? "none" : length === undefined ? "chunked" : "length";
  if (length !== undefined) lines += `content-length: ${length}\r\n`;
  else if (!ended) lines += "transfer-encoding: chunked\r\n";
  return {
    head: `${method} ${target} HTTP/1.1\r\nhost: ${authority}\r\n${lines}\r\n`,
    isHead: method === "HEAD",
    body,
    length: Number(length ?? 0),
    tunnelKey: undefined,
  };
}

/** A WebSocket's opening as HTTP/1.1 has it (RFC 8441, section 5; RFC 6455, section 4.1). */
function tunnel(
  protocol: string,
  target: string,
  lines: string,
  key: string,
): RequestText | RequestFault {
  if (protocol !== "websocket" || /^sec-websocket-key:/m.test(lines)) return "malformed";
  const upgrade = `upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: ${key}\r\n`;
  return {
    head: `GET ${target} HTTP/1.1\r\n${lines}${upgrade}\r\n`,
    isHead: false,
    body: "none",
    length: 0,
    tunnelKey: key,
  };
}

/** A token in lower case (RFC 9113, section 8.2.1). */
function isName(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code > 255 || TOKEN[code] !== code) return false;
  }
  return name !== "";
}

function isValue(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code > 255 || VALUE[code] !== 1) return false;
  }
  return value.trim().length === value.length;
}

function isMethod(method: string): boolean {
  for (let i = 0; i < method.length; i++) {
    const code = method.charCodeAt(i);
    if (code > 255 || TOKEN[code] === 0) return false;
  }
  return method !== "";
}

/** A path without white space or fragment; `*` with OPTIONS only (RFC 9113, section 8.3.1). */
function isTarget(target: string, method: string): boolean {
  if (target === "*") return method === "OPTIONS";
  return target.startsWith("/") && !/[ \t#]/.test(target);
}
