/**
 * What an origin says that nobody asked for, and connections that must not be used again: taken for the next answer it would
 * reach another visitor (response queue poisoning).
 */
import { answered, type Case, head, OK, type Speech } from "../case.ts";

const EVIL = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
const BODILESS = "HTTP/1.1 204 No Content\r\n\r\n";
const CHUNKS = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
/** The visitor waits for what comes late before he asks again. */
const PATIENT = [head("GET /a"), "", "", "", "", "", "", ""];
const WHY = "RFC 9112, 9.2: an answer without a request; the connection is of no more use";

const extras: readonly (readonly [name: string, extra: string])[] = [
  ["a whole answer", EVIL],
  ["a few bytes", "evil"],
  ["an empty line", "\r\n"],
  ["one byte", "x"],
  ["half a head", "HTTP/1.1 200 OK\r\nX-Evil: "],
];

export const leftovers: readonly Case[] = [
  ...extras.flatMap(([name, extra]) => [
    answered(`${name} behind a length`, OK + extra, { status: 200, body: "ok" }, WHY),
    answered(`${name} behind the last chunk`, CHUNKS + extra, { status: 200, body: "ok" }, WHY),
    answered(`${name} behind 204`, BODILESS + extra, 204, WHY),
    answered(
      `${name} later`,
      { bytes: [OK, extra] } satisfies Speech,
      { status: 200, body: "ok" },
      WHY,
      { send: PATIENT },
    ),
  ]),
  answered(
    "a body behind the answer to HEAD",
    OK,
    { status: 200, head: true },
    "RFC 9110, 9.3.2: some origins send it nevertheless",
    { send: head("HEAD /a"), reaches: [{ line: "HEAD /a" }] },
  ),
  answered(
    "an answer as the body of HEAD",
    `HTTP/1.1 200 OK\r\nContent-Length: ${EVIL.length}\r\n\r\n${EVIL}`,
    { status: 200, head: true },
    "the same, on purpose",
    { send: head("HEAD /a"), reaches: [{ line: "HEAD /a" }] },
  ),
  answered(
    "an answer as the body of 304",
    `HTTP/1.1 304 Not Modified\r\nContent-Length: ${EVIL.length}\r\n\r\n${EVIL}`,
    304,
    WHY,
  ),
  answered(
    "close, and nothing more",
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
    { status: 200, body: "ok" },
    "RFC 9112, 9.6: nothing may be sent on it any more",
  ),
  answered(
    "close in a list, in capitals",
    "HTTP/1.1 200 OK\r\nConnection: x, CLOSE\r\nContent-Length: 2\r\n\r\nok",
    { status: 200, body: "ok" },
    "RFC 9110, 7.6.1",
  ),
  answered(
    "close behind another Connection",
    "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
    { status: 200, body: "ok" },
    "RFC 9110, 5.3: several lines are one list",
  ),
  answered(
    "HTTP/1.0 without keep-alive",
    "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    { status: 200, body: "ok" },
    "RFC 9112, 9.3: it does not go on",
  ),
  answered(
    "an end behind the answer",
    { bytes: OK, closing: "end" },
    { status: 200, body: "ok" },
    "RFC 9112, 9.5: what is asked on it meanwhile is asked again elsewhere",
  ),
  answered(
    "an end a little later",
    { bytes: [OK, ""], closing: "end" },
    { status: 200, body: "ok" },
    "RFC 9112, 9.5",
    { send: PATIENT },
  ),
  answered(
    "a reset behind the answer",
    { bytes: OK, closing: "reset" },
    { status: 200, body: "ok" },
    "RFC 9112, 9.5",
    { send: PATIENT },
  ),
];
