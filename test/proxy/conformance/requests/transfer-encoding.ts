/** Transfer-Encoding (RFC 9112, sections 6.1 and 6.3). */
import { type Case, head, passed, raw, refused } from "../case.ts";

const BODY = "5\r\nhello\r\n0\r\n\r\n";

/** What has been used to make one server see a coding where another sees none. */
const wrong: readonly (readonly [name: string, lines: readonly string[], status: number])[] = [
  ["chunked twice", ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], 400],
  ["chunked, chunked", ["Transfer-Encoding: chunked, chunked"], 400],
  ["chunked and a length", ["Content-Length: 5", "Transfer-Encoding: chunked"], 400],
  ["chunked and a length behind it", ["Transfer-Encoding: chunked", "Content-Length: 5"], 400],
  ["chunked and a length of 0", ["Transfer-Encoding: chunked", "Content-Length: 0"], 400],
  ["chunked and a bad length", ["Transfer-Encoding: chunked", "Content-Length: x"], 400],
  ["identity and a length", ["Transfer-Encoding: identity", "Content-Length: 5"], 400],
  ["chunked, identity", ["Transfer-Encoding: chunked, identity"], 400],
  ["chunked is not the last", ["Transfer-Encoding: chunked, gzip"], 400],
  [
    "chunked, then another line",
    ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
    400,
  ],
  ["a line, then chunked", ["Transfer-Encoding: identity", "Transfer-Encoding: chunked"], 400],
  ["chunked, then x", ["Transfer-Encoding: chunked", "Transfer-Encoding: x"], 400],
  ["a comma in front", ["Transfer-Encoding: ,chunked"], 400],
  ["a comma behind", ["Transfer-Encoding: chunked,"], 400],
  ["a comma alone", ["Transfer-Encoding: ,"], 400],
  ["empty", ["Transfer-Encoding:"], 400],
  ["spaces", ["Transfer-Encoding:   "], 400],
  ["empty, then chunked", ["Transfer-Encoding:", "Transfer-Encoding: chunked"], 400],
  ["a parameter", ["Transfer-Encoding: chunked;q=1"], 400],
  ["a semicolon", ["Transfer-Encoding: chunked;"], 400],
  ["quotes", ['Transfer-Encoding: "chunked"'], 400],
  ["single quotes", ["Transfer-Encoding: 'chunked'"], 400],
  ["a word behind it", ["Transfer-Encoding: chunked x"], 400],
  ["a word in front of it", ["Transfer-Encoding: x chunked"], 400],
  ["a colon", ["Transfer-Encoding: : chunked"], 400],
  ["a vertical tab in front", ["Transfer-Encoding: \x0bchunked"], 400],
  ["a form feed behind", ["Transfer-Encoding: chunked\x0c"], 400],
  ["a NUL behind", ["Transfer-Encoding: chunked\0"], 400],
  ["a NUL in front", ["Transfer-Encoding: \0chunked"], 400],
  ["a no-break space in front", ["Transfer-Encoding: \xa0chunked"], 400],
  ["a byte order mark in front", ["Transfer-Encoding: \xef\xbb\xbfchunked"], 400],
  ["a dotless i's neighbour", ["Transfer-Encoding: chun\xe2\x84\xaaed"], 400],
  ["folded", ["Transfer-Encoding:", " chunked"], 400],
  ["folded by a tab", ["Transfer-Encoding:", "\tchunked"], 400],
  ["behind a bare LF", ["X: x\nTransfer-Encoding: chunked"], 400],
  ["behind a bare CR", ["X: x\rTransfer-Encoding: chunked"], 400],
  ["with a space in its name", ["Transfer- Encoding: chunked"], 400],
  ["with a tab in front of the colon", ["Transfer-Encoding\t: chunked"], 400],
  ["with a space in front of its name", [" Transfer-Encoding: chunked"], 400],
  ["identity", ["Transfer-Encoding: identity"], 501],
  ["gzip", ["Transfer-Encoding: gzip"], 501],
  ["gzip, chunked", ["Transfer-Encoding: gzip, chunked"], 400],
  ["gzip, then chunked", ["Transfer-Encoding: gzip", "Transfer-Encoding: chunked"], 400],
  ["xchunked", ["Transfer-Encoding: xchunked"], 501],
  ["chunkedx", ["Transfer-Encoding: chunkedx"], 501],
  ["chunk", ["Transfer-Encoding: chunk"], 501],
  ["cow", ["Transfer-Encoding: cow"], 501],
];

export const transferEncoding: readonly Case[] = [
  ...wrong.map(([name, lines, status]) =>
    refused(
      `Transfer-Encoding: ${name}`,
      head("POST /a", ...lines) + BODY,
      status,
      status === 501
        ? "RFC 9112, 6.1: a coding that is not understood"
        : "RFC 9112, 6.1 and 6.3: two servers may see two lengths (CL.TE, TE.CL, TE.TE)",
    ),
  ),
  refused(
    "Transfer-Encoding in HTTP/1.0",
    raw("POST /a HTTP/1.0", "Host: 127.0.0.1", "Transfer-Encoding: chunked") + BODY,
    400,
    "RFC 9112, 6.1: faulty framing; servers of 1.0 do not know it",
  ),
  refused(
    "Transfer-Encoding in a kept HTTP/1.0",
    raw(
      "POST /a HTTP/1.0",
      "Host: 127.0.0.1",
      "Connection: keep-alive",
      "Transfer-Encoding: chunked",
    ) + BODY,
    400,
    "the same",
  ),
  refused(
    "chunked for GET, with a length",
    head("GET /a", "Content-Length: 5", "Transfer-Encoding: chunked") + BODY,
    400,
    "RFC 9112, 6.3: CL.TE, in the method that some think has no body",
  ),
  ...["chunked", "Chunked", "CHUNKED"].map((coding) =>
    passed(
      `Transfer-Encoding: ${coding}`,
      head("POST /a", `Transfer-Encoding: ${coding}`) + BODY,
      { line: "POST /a", body: "hello", framing: "chunked" },
      "RFC 9112, 7: names of codings have no case",
    ),
  ),
  passed(
    "an upper-case TRANSFER-ENCODING",
    head("POST /a", "TRANSFER-ENCODING:chunked") + BODY,
    { line: "POST /a", body: "hello", framing: "chunked" },
    "RFC 9110, 5.1: names have no case",
  ),
  passed(
    "white space around the coding",
    head("POST /a", "Transfer-Encoding: \t chunked \t") + BODY,
    { line: "POST /a", body: "hello", framing: "chunked" },
    "RFC 9110, 5.5",
  ),
  ...["GET", "DELETE", "OPTIONS", "PROPFIND", "QUERY", "brew"].map((method) =>
    passed(
      `${method} with a chunked body`,
      head(`${method} /a`, "Transfer-Encoding: chunked") + BODY,
      { line: `${method} /a`, body: "hello", framing: "chunked" },
      "CVE-2026-29057: a proxy sent the body of DELETE and OPTIONS without framing",
    ),
  ),
];
