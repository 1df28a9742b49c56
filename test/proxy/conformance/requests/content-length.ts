/** Content-Length (RFC 9110, section 8.6; RFC 9112, section 6). */
import { type Case, head, passed, refused } from "../case.ts";

const wrong: readonly (readonly [name: string, lines: readonly string[], why: string])[] = [
  [
    "twice the same",
    ["Content-Length: 5", "Content-Length: 5"],
    "RFC 9112, 6.3 lets it be refused",
  ],
  ["twice, different", ["Content-Length: 5", "Content-Length: 6"], "RFC 9112, 6.3: smuggling"],
  ["in two spellings", ["Content-Length: 5", "content-length: 0"], "names have no case"],
  ["far apart", ["Content-Length: 5", "X-A: b", "Content-Length: 0"], "RFC 9112, 6.3: smuggling"],
  ["a list of the same", ["Content-Length: 5, 5"], "RFC 9112, 6.3 lets it be refused"],
  ["a list", ["Content-Length: 5, 6"], "RFC 9112, 6.3"],
  ["a comma behind it", ["Content-Length: 5,"], "RFC 9110, 8.6: digits"],
  ["a comma in front of it", ["Content-Length: ,5"], "RFC 9110, 8.6: digits"],
  ["a plus sign", ["Content-Length: +5"], "RFC 9110, 8.6: digits; parsers of numbers take it"],
  ["a minus sign", ["Content-Length: -5"], "RFC 9110, 8.6: digits"],
  ["minus nothing", ["Content-Length: -0"], "RFC 9110, 8.6: digits"],
  ["hexadecimal", ["Content-Length: 0x5"], "RFC 9110, 8.6: digits; parsers of numbers take it"],
  ["an exponent", ["Content-Length: 5e0"], "RFC 9110, 8.6: digits; parsers of numbers take it"],
  ["a fraction", ["Content-Length: 5.0"], "RFC 9110, 8.6: digits"],
  ["an underscore", ["Content-Length: 0_5"], "RFC 9110, 8.6: digits; Python takes it"],
  ["a letter behind it", ["Content-Length: 5a"], "RFC 9110, 8.6: digits; parseInt takes it"],
  ["a unit", ["Content-Length: 5 bytes"], "RFC 9110, 8.6: digits"],
  ["two numbers", ["Content-Length: 5 5"], "RFC 9110, 8.6: digits"],
  ["a semicolon", ["Content-Length: 5;"], "RFC 9110, 8.6: digits"],
  ["quotes", ['Content-Length: "5"'], "RFC 9110, 8.6: digits"],
  ["empty", ["Content-Length:"], "RFC 9110, 8.6: digits; some take it for none, some for nothing"],
  ["spaces", ["Content-Length:   "], "RFC 9110, 8.6: digits"],
  ["digits of another script", ["Content-Length: \xd9\xa5"], "RFC 9110, 8.6: digits"],
  ["a superscript digit", ["Content-Length: \xb2"], "RFC 9110, 8.6: digits; Java takes it"],
  ["a vertical tab in front of it", ["Content-Length: \x0b5"], "RFC 9110, 5.6.3: no white space"],
  ["a form feed behind it", ["Content-Length: 5\x0c"], "RFC 9110, 5.6.3: no white space"],
  ["a NUL behind it", ["Content-Length: 5\0"], "RFC 9110, 5.5"],
  ["2^32 and 5, more than there are digits", ["Content-Length: 18446744069414584325"], "overflow"],
  ["2^64 and 5", ["Content-Length: 18446744073709551621"], "RFC 9110, 8.6: overflow"],
  ["2^63", ["Content-Length: 9223372036854775808"], "RFC 9110, 8.6: overflow"],
  ["2^53 and 1", ["Content-Length: 9007199254740993"], "no number of ours holds it exactly"],
  ["a thousand digits", [`Content-Length: ${"9".repeat(1000)}`], "RFC 9110, 8.6: overflow"],
];

export const contentLength: readonly Case[] = [
  ...wrong.map(([name, lines, why]) =>
    refused(`Content-Length: ${name}`, `${head("POST /a", ...lines)}hello`, 400, why),
  ),
  ...["POST", "PUT", "PATCH", "GET", "DELETE", "OPTIONS", "PROPFIND", "QUERY", "brew"].map(
    (method) =>
      passed(
        `${method} with a body by length`,
        `${head(`${method} /a`, "Content-Length: 5")}hello`,
        { line: `${method} /a`, body: "hello", framing: "length" },
        "RFC 9112, 6: a body is there by its framing, whatever the method",
      ),
  ),
  passed(
    "a body that looks like a request",
    `${head("POST /a", "Content-Length: 36")}GET /b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    { line: "POST /a", body: "GET /b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" },
    "RFC 9112, 6: the length alone says where it ends",
  ),
  passed(
    "a body of every byte",
    head("POST /a", "Content-Length: 256") +
      String.fromCharCode(...Array.from({ length: 256 }).keys()),
    { line: "POST /a", body: String.fromCharCode(...Array.from({ length: 256 }).keys()) },
    "bodies are bytes",
  ),
  passed(
    "zeros in front",
    `${head("POST /a", "Content-Length: 0005")}hello`,
    { line: "POST /a", body: "hello" },
    "RFC 9110, 8.6: 1*DIGIT, decimal",
  ),
  passed(
    "white space around the length",
    `${head("POST /a", "Content-Length: \t5 \t")}hello`,
    { line: "POST /a", body: "hello" },
    "RFC 9110, 5.5",
  ),
  ...["GET", "POST", "DELETE"].map((method) =>
    passed(
      `${method} with a length of 0`,
      head(`${method} /a`, "Content-Length: 0"),
      { line: `${method} /a` },
      "RFC 9110, 8.6",
    ),
  ),
  passed(
    "POST without a length",
    head("POST /a"),
    { line: "POST /a" },
    "RFC 9112, 6.3: without framing there is no body",
  ),
  {
    ...refused(
      "a body that is cut short",
      `${head("POST /a", "Content-Length: 5")}hel`,
      400,
      "RFC 9112, 8: incomplete; what came must not become a whole request by what comes next",
    ),
    gets: [],
    cut: true,
  },
];
