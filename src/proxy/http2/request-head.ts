import { type Field, isAuthority } from "./field.ts";

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
  /** Host, User-Agent and Accept-Language, each empty without one. */
  readonly asker: readonly [host: string, agent: string, language: string];
}

/** `malformed`: a stream error (RFC 9113, section 8.1.1). `connect`: a request for a tunnel to anywhere, which we are not. */
export type RequestFault = "malformed" | "connect";

/**
 * Writes the head of an HTTP/1.1 request from the fields of a block, in their order. Whatever could be read as another
 * message when it is written so is a fault (RFC 9113, sections 8.2, 8.3 and 10.3).
 *
 * @param ended no body follows
 * @param newKey makes a `Sec-WebSocket-Key`
 */
export function requestText(
  fields: readonly Field[],
  ended: boolean,
  newKey: () => string,
): RequestText | RequestFault {
  let method: string | undefined;
  let scheme: string | undefined;
  let target: string | undefined;
  let named: string | undefined;
  let protocol: string | undefined;
  let host: string | undefined;
  let length: string | undefined;
  let lines = "";
  let cookies = "";
  let behind = false;
  let agent = "";
  let language = "";
  for (const field of fields) {
    const { kind, value } = field;
    if (kind.startsWith(":")) {
      // Before all other fields, each once.
      if (behind) return "malformed";
    } else behind = true;
    switch (kind) {
      case "line":
        lines += field.line;
        if (field.name === "user-agent") agent = value;
        else if (field.name === "accept-language") language = value;
        continue;
      case ":method":
        if (method !== undefined) return "malformed";
        method = value;
        continue;
      case ":scheme":
        if (scheme !== undefined) return "malformed";
        scheme = value;
        continue;
      case ":path":
        if (target !== undefined) return "malformed";
        target = value;
        continue;
      case ":authority":
        if (named !== undefined) return "malformed";
        named = value;
        continue;
      case ":protocol":
        if (protocol !== undefined) return "malformed";
        protocol = value;
        continue;
      case "te":
        lines += "te: trailers\r\n";
        continue;
      case "host":
        if (host !== undefined) return "malformed";
        host = value;
        continue;
      case "length":
        if (length !== undefined) return "malformed";
        length = value;
        continue;
      case "cookie":
        // One line for all crumbs (RFC 9113, section 8.2.3).
        cookies += cookies === "" ? value : `; ${value}`;
        continue;
      case "bad":
        return "malformed";
    }
  }
  if (method === "CONNECT" && protocol === undefined) return "connect";
  const authority = named ?? host;
  if (method === undefined || scheme === undefined || target === undefined) return "malformed";
  if (authority === undefined || (named === undefined && !isAuthority(authority)))
    return "malformed";
  if (host !== undefined && host !== authority && host.toLowerCase() !== authority.toLowerCase())
    return "malformed";
  // RFC 9113, section 8.3.1.
  if (target === "*" && method !== "OPTIONS") return "malformed";
  const asker = [authority, agent, language] as const;
  if (cookies !== "") lines += `cookie: ${cookies}\r\n`;
  if (protocol !== undefined) {
    if (method !== "CONNECT" || ended || length !== undefined) return "malformed";
    return tunnel(protocol, target, lines, asker, newKey());
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
    asker,
  };
}

/** A WebSocket's opening as HTTP/1.1 has it (RFC 8441, section 5; RFC 6455, section 4.1). */
function tunnel(
  protocol: string,
  target: string,
  lines: string,
  asker: RequestText["asker"],
  key: string,
): RequestText | RequestFault {
  if (protocol !== "websocket" || /^sec-websocket-key:/m.test(lines)) return "malformed";
  const upgrade = `upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: ${key}\r\n`;
  return {
    head: `GET ${target} HTTP/1.1\r\nhost: ${asker[0]}\r\n${lines}${upgrade}\r\n`,
    isHead: false,
    body: "none",
    length: 0,
    tunnelKey: key,
    asker,
  };
}
