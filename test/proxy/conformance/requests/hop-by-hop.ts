/** Fields of one hop (RFC 9110, section 7.6), and fields that only the edge may set. */
import { type Case, head, passed, raw } from "../case.ts";

const stays = (name: string, lines: readonly string[], why: string, fields: string[] = []): Case =>
  passed(
    name,
    head("GET /a", ...lines, "X-A: b"),
    { line: "GET /a", fields: [...fields, "X-A: b"] },
    why,
  );

export const hopByHop: readonly Case[] = [
  ...[
    "Keep-Alive: timeout=5",
    "Proxy-Connection: keep-alive",
    "Proxy-Authorization: Basic x",
    "TE: trailers",
    "TE: trailers, deflate;q=0.5",
    "Upgrade: websocket",
    "Connection: keep-alive",
    "Connection: Keep-Alive, ",
    "Connection:",
    "Connection: ,",
    "Connection: X-Not-There",
  ].map((line) => stays(`${line} stays here`, [line], "RFC 9110, 7.6.1: of one hop")),
  stays("what Connection names stays here", ["Connection: X-Hop", "X-Hop: 1"], "RFC 9110, 7.6.1"),
  stays(
    "what Connection names in a list stays here",
    ["X-Hop: 1", "Connection: keep-alive,x-hop , X-HOP2", "x-hop2: 2"],
    "RFC 9110, 7.6.1: a list of tokens, without case",
  ),
  stays(
    "what two Connections name stays here",
    ["Connection: X-Hop", "X-Hop: 1", "Connection: X-Hop2", "X-Hop2: 2"],
    "RFC 9110, 5.3: several lines are one list",
  ),
  stays(
    "what a Connection names behind another stays here",
    ["Connection: keep-alive", "Connection: X-Hop", "X-Hop: 1"],
    "RFC 9110, 5.3: several lines are one list",
  ),
  stays(
    "each line of what Connection names stays here",
    ["X-Hop: 1", "Connection: X-Hop", "X-Hop: 2"],
    "RFC 9110, 7.6.1",
  ),
  passed(
    "Connection cannot take Host away",
    head("GET /a", "Connection: Host"),
    { line: "GET /a" },
    "routing must not be a visitor's to remove",
  ),
  passed(
    "Connection cannot take the length away",
    `${head("POST /a", "Connection: Content-Length", "Content-Length: 5")}hello`,
    { line: "POST /a", body: "hello", framing: "length" },
    "the body would be the next request",
  ),
  passed(
    "Connection cannot take the coding away",
    `${head("POST /a", "Connection: Transfer-Encoding", "Transfer-Encoding: chunked")}5\r\nhello\r\n0\r\n\r\n`,
    { line: "POST /a", body: "hello", framing: "chunked" },
    "the chunks would be the next request",
  ),
  stays(
    "Connection cannot take our fields away",
    ["Connection: X-Forwarded-For, X-Forwarded-Proto, Forwarded"],
    "an origin that trusts their absence would be deceived",
  ),
  ...[
    "X-Forwarded-For: forged",
    "x-forwarded-for: forged",
    "X-Forwarded-Host: forged",
    "X-Forwarded-Proto: forged",
    "X-Forwarded-Port: forged",
    "X-Forwarded-Prefix: forged",
    "Forwarded: for=forged",
    "X-Warmline-Site: forged",
    "X-Warmline-Visitor: forged",
  ].map((line) =>
    stays(`${line.split(":")[0]} of a visitor stays here`, [line], "only we say who asks"),
  ),
  stays(
    "h2c stays here",
    ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"],
    "RFC 9113, 3.1: deprecated; an origin that speaks it would have a tunnel past us",
  ),
  stays(
    "h2c among others stays here",
    ["Connection: Upgrade", "Upgrade: websocket, h2c"],
    "the same",
  ),
  stays(
    "h2c in capitals stays here",
    ["Connection: upgrade", "Upgrade: H2C"],
    "names of protocols are compared without case where it is safer",
  ),
  stays("an upgrade to TLS stays here", ["Connection: Upgrade", "Upgrade: TLS/1.0"], "RFC 2817"),
  stays(
    "Upgrade without Connection is none",
    ["Upgrade: websocket", "Sec-WebSocket-Version: 13"],
    "RFC 9110, 7.8: it must be named by Connection",
    ["Sec-WebSocket-Version: 13"],
  ),
  stays("Connection without Upgrade is none", ["Connection: Upgrade"], "RFC 9110, 7.8"),
  passed(
    "an upgrade by POST is none",
    head("POST /a", "Connection: Upgrade", "Upgrade: x", "Content-Length: 0"),
    { line: "POST /a", fields: [] },
    "only GET is passed on as an upgrade",
  ),
  passed(
    "an upgrade with a body is none",
    `${head("GET /a", "Connection: Upgrade", "Upgrade: x", "Content-Length: 5")}hello`,
    { line: "GET /a", fields: [], body: "hello" },
    "what belongs to the body and what to the tunnel would be ambiguous",
  ),
  passed(
    "an upgrade with chunks is none",
    `${head("GET /a", "Connection: Upgrade", "Upgrade: x", "Transfer-Encoding: chunked")}5\r\nhello\r\n0\r\n\r\n`,
    { line: "GET /a", fields: [], body: "hello" },
    "the same",
  ),
  passed(
    "an upgrade in HTTP/1.0 is none",
    raw("GET /a HTTP/1.0", "Host: 127.0.0.1", "Connection: Upgrade", "Upgrade: x"),
    { line: "GET /a", fields: [] },
    "RFC 9110, 7.8: must be ignored",
    { afterwards: "closed" },
  ),
  {
    name: "an upgrade that is refused ends the connection",
    why: "what was sent ahead is of another protocol, and must not be a request",
    send: head("GET /a", "Connection: Upgrade", "Upgrade: x"),
    says: ["HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno"],
    reaches: [{ line: "GET /a", fields: ["Upgrade: x"] }],
    gets: [{ status: 403, body: "no" }],
    afterwards: "closed",
  },
];
