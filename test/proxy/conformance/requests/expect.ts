/** Expect (RFC 9110, section 10.1.1) and Max-Forwards (section 7.6.2). */
import { type Case, head, passed, raw, refused } from "../case.ts";

const POST = { line: "POST /a", body: "hello" };

export const expectation: readonly Case[] = [
  passed(
    "100-continue: the visitor is told to go on",
    [head("POST /a", "Content-Length: 5", "Expect: 100-continue"), "hello"],
    POST,
    "RFC 9110, 10.1.1: or he waits for ever",
    { gets: [100, 200] },
  ),
  passed(
    "100-continue in capitals",
    [head("POST /a", "Content-Length: 5", "EXPECT: 100-Continue"), "hello"],
    POST,
    "RFC 9110, 10.1.1: without case",
    { gets: [100, 200] },
  ),
  passed(
    "100-continue with chunks",
    [
      head("POST /a", "Transfer-Encoding: chunked", "Expect: 100-continue"),
      "5\r\nhello\r\n0\r\n\r\n",
    ],
    POST,
    "RFC 9110, 10.1.1",
    { gets: [100, 200] },
  ),
  passed(
    "100-continue without a body",
    head("GET /a", "Expect: 100-continue"),
    { line: "GET /a" },
    "RFC 9110, 10.1.1: nothing to wait for",
  ),
  passed(
    "100-continue with a length of 0",
    head("POST /a", "Content-Length: 0", "Expect: 100-continue"),
    { line: "POST /a" },
    "RFC 9110, 10.1.1: nothing to wait for",
  ),
  passed(
    "100-continue in HTTP/1.0",
    `${raw("POST /a HTTP/1.0", "Host: 127.0.0.1", "Content-Length: 5", "Expect: 100-continue")}hello`,
    POST,
    "RFC 9110, 10.1.1: must be ignored; such a visitor would take 100 for his answer",
    { afterwards: "closed" },
  ),
  refused(
    "another expectation",
    head("GET /a", "Expect: a-miracle"),
    417,
    "RFC 9110, 10.1.1: what must be met and is not understood",
  ),
  refused(
    "another expectation beside the known one",
    head("POST /a", "Content-Length: 0", "Expect: 100-continue, a-miracle"),
    417,
    "RFC 9110, 10.1.1",
  ),
  {
    name: "100-continue and a site that is none",
    why: "RFC 9110, 10.1.1: the visitor may send the body or not; nobody knows what is behind",
    send: [raw("POST /a HTTP/1.1", "Host: other", "Content-Length: 5", "Expect: 100-continue"), ""],
    reaches: [],
    gets: [421],
    afterwards: "closed",
  },
  {
    name: "the last of the forwards, OPTIONS",
    why: "RFC 9110, 7.6.2: 0 must not be forwarded; it asks about us",
    send: head("OPTIONS /a", "Max-Forwards: 0"),
    reaches: [],
    gets: [204],
    afterwards: "kept",
  },
  passed(
    "one forward more, OPTIONS",
    head("OPTIONS /a", "Max-Forwards: 7"),
    { line: "OPTIONS /a", fields: ["Max-Forwards: 6"] },
    "RFC 9110, 7.6.2: less one",
  ),
  passed(
    "forwards of another method",
    head("GET /a", "Max-Forwards: 0"),
    { line: "GET /a", fields: ["Max-Forwards: 0"] },
    "RFC 9110, 7.6.2: for TRACE and OPTIONS only",
  ),
];
