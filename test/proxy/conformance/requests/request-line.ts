/** The request line (RFC 9112, section 3), and what may stand in front of it. */
import { type Case, head, passed, raw, refused } from "../case.ts";

const HOST = "Host: 127.0.0.1";

const wrong: readonly (readonly [name: string, line: string, status: number, why: string])[] = [
  ["two spaces in front of the target", "GET  /a HTTP/1.1", 400, "RFC 9112, 3: single spaces"],
  ["two spaces behind the target", "GET /a  HTTP/1.1", 400, "RFC 9112, 3: single spaces"],
  ["a tab for a space", "GET\t/a HTTP/1.1", 400, "RFC 9112, 3: lenient splitting is for others"],
  ["a vertical tab for a space", "GET\x0b/a HTTP/1.1", 400, "RFC 9112, 3, on lenient splitting"],
  ["a space in front of the method", " GET /a HTTP/1.1", 400, "RFC 9112, 2.2: it may be folding"],
  ["a space behind the version", "GET /a HTTP/1.1 ", 400, "RFC 9112, 3: CRLF follows"],
  ["a space in the target", "GET /a b HTTP/1.1", 400, "RFC 9112, 3.2: no white space in it"],
  ["a second request line in it", "GET /a HTTP/1.1 GET /b HTTP/1.1", 400, "smuggling by the line"],
  ["no version", "GET /a", 400, "HTTP/0.9 has no head and no status"],
  ["no target", "GET HTTP/1.1", 400, "RFC 9112, 3"],
  ["an empty target", "GET  HTTP/1.1", 400, "RFC 9112, 3"],
  ["a method alone", "GET", 400, "RFC 9112, 3"],
  ["an empty method", " /a HTTP/1.1", 400, "RFC 9110, 9.1: a token"],
  ["a parenthesis in the method", "GE(T /a HTTP/1.1", 400, "RFC 9110, 9.1: a token"],
  ["a colon in the method", "GET: /a HTTP/1.1", 400, "RFC 9110, 9.1: a token"],
  ["an at sign in the method", "G@T /a HTTP/1.1", 400, "RFC 9110, 9.1: a token"],
  ["a NUL in the method", "GE\0T /a HTTP/1.1", 400, "C servers end the string there"],
  ["a letter beyond ASCII in the method", "G\xc9T /a HTTP/1.1", 400, "RFC 9110, 9.1: a token"],
  ["a lower-case version", "GET /a http/1.1", 400, "RFC 9112, 2.3: it is case-sensitive"],
  ["a version with a letter behind it", "GET /a HTTP/1.1x", 400, "RFC 9112, 2.3"],
  ["a version of two digits", "GET /a HTTP/1.10", 400, "RFC 9112, 2.3: one digit each"],
  ["a version without a dot", "GET /a HTTP/11", 400, "RFC 9112, 2.3"],
  ["a version without a minor", "GET /a HTTP/1.", 400, "RFC 9112, 2.3"],
  ["a version without digits", "GET /a HTTP/", 400, "RFC 9112, 2.3"],
  ["a negative version", "GET /a HTTP/-1.1", 400, "RFC 9112, 2.3"],
  ["another protocol's name", "GET /a HTCPCP/1.1", 400, "RFC 9112, 2.3"],
  ["ICY", "GET /a ICY/1.1", 400, "llhttp knows it; we do not"],
  ["HTTP/0.9 by name", "GET /a HTTP/0.9", 505, "RFC 9110, 15.6.6"],
  ["HTTP/2.0 in words", "GET /a HTTP/2.0", 505, "RFC 9110, 15.6.6"],
  ["HTTP/3.0 in words", "GET /a HTTP/3.0", 505, "RFC 9110, 15.6.6"],
  ["a minor version that nobody knows", "GET /a HTTP/1.2", 505, "RFC 9110, 2.5 allows it"],
];

/** Every byte that is neither visible nor a space. */
const CONTROLS = [...Array.from({ length: 32 }, (_, i) => i), 0x7f].filter((c) => c !== 0x0a);

export const requestLine: readonly Case[] = [
  ...wrong.map(([name, line, status, why]) => refused(name, raw(line, HOST), status, why)),
  ...CONTROLS.map((c) =>
    refused(
      `byte ${c} in the target`,
      raw(`GET /a${String.fromCharCode(c)}b HTTP/1.1`, HOST),
      400,
      "RFC 9112, 3.2: servers end or split the line there",
    ),
  ),
  refused(
    "a line that ends with LF alone",
    `GET /a HTTP/1.1\n${HOST}\r\n\r\n`,
    400,
    "RFC 9112, 2.2 lets a recipient accept it; where one does and one does not, requests are smuggled",
  ),
  refused(
    "a head of LF alone",
    `GET /a HTTP/1.1\n${HOST}\n\n`,
    400,
    "the same, and its end is ambiguous too",
  ),
  refused(
    "a line that ends with CR alone",
    `GET /a HTTP/1.1\r${HOST}\r\n\r\n`,
    400,
    "RFC 9112, 2.2: a bare CR is invalid",
  ),
  refused(
    "CR CR LF",
    `GET /a HTTP/1.1\r\r\n${HOST}\r\n\r\n`,
    400,
    "RFC 9112, 2.2: a bare CR is invalid",
  ),
  refused(
    "LF CR",
    `GET /a HTTP/1.1\n\r${HOST}\r\n\r\n`,
    400,
    "RFC 9112, 2.2: neither of them is an end",
  ),
  refused(
    "a bare LF in front",
    `\n${head("GET /a")}`,
    400,
    "RFC 9112, 2.2 knows empty lines of CRLF only",
  ),
  refused(
    "a bare CR in front",
    `\r${head("GET /a")}`,
    400,
    "RFC 9112, 2.2 knows empty lines of CRLF only",
  ),
  refused(
    "the preface of HTTP/2",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    505,
    "RFC 9113, 3.4: without TLS it is not spoken here",
  ),
  refused("TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "it is no HTTP", {
    cut: true,
  }),
  refused("SSH", "SSH-2.0-OpenSSH_9.2\r\n\r\n", 400, "it is no HTTP"),
  refused("nothing but NULs", "\0".repeat(64), 400, "it is no HTTP", { cut: true }),
  refused("an answer", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 400, "it is no request"),
  refused("TRACE", head("TRACE /a"), 405, "RFC 9110, 9.3.8: it would show our fields to scripts"),
  refused(
    "CONNECT",
    raw("CONNECT other:443 HTTP/1.1", "Host: other:443"),
    405,
    "RFC 9110, 9.3.6: we are no proxy for anybody's choice of targets",
  ),
  refused(
    "CONNECT to ourselves",
    raw("CONNECT 127.0.0.1:80 HTTP/1.1", "Host: 127.0.0.1:80"),
    405,
    "the same",
  ),
  passed("an empty line in front", `\r\n${head("GET /a")}`, { line: "GET /a" }, "RFC 9112, 2.2"),
  passed(
    "two empty lines in front",
    `\r\n\r\n${head("GET /a")}`,
    { line: "GET /a" },
    "RFC 9112, 2.2: at least one is ignored",
  ),
  ...[
    "get",
    "Get",
    "PATCH",
    "PURGE",
    "PROPFIND",
    "M-SEARCH",
    "VERSION-CONTROL",
    "QUERY",
    "X",
    "!#$%&'*+-.^_`|~09az",
    "GETGETGETGETGETGETGETGETGETGET",
  ].map((method) =>
    passed(
      `the method ${method}`,
      head(`${method} /a`),
      { line: `${method} /a` },
      "RFC 9110, 9.1: a token; methods are the origin's, and case-sensitive",
    ),
  ),
];
