/** Answers before the final one (RFC 9110, section 15.2), and answers before the request is whole. */
import { answered, type Case, head, OK, raw } from "../case.ts";

const HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n";

export const interim: readonly Case[] = [
  answered("103", HINTS + OK, { status: 200, body: "ok" }, "RFC 8297", {
    gets: [{ status: 103, fields: ["Link: </a.css>"] }, 200],
  }),
  answered("103 twice", HINTS + HINTS + OK, 200, "RFC 8297", { gets: [103, 103, 200] }),
  answered("103 in pieces", { bytes: [...HINTS.split(""), OK] }, 200, "RFC 8297", {
    gets: [103, 200],
  }),
  answered("102", `HTTP/1.1 102 Processing\r\n\r\n${OK}`, 200, "RFC 2518, 10.1", {
    gets: [102, 200],
  }),
  answered("103 for HTTP/1.0", HINTS + OK, 200, "RFC 9110, 15.2: it does not know them", {
    send: raw("GET /a HTTP/1.0", "Host: 127.0.0.1"),
    afterwards: "closed",
  }),
  answered(
    "103 in front of an end",
    { bytes: HINTS, closing: "end" },
    502,
    "the final answer is missing; GET is asked once more",
    {
      says: [
        { bytes: HINTS, closing: "end" },
        { bytes: "", closing: "end" },
      ],
      reaches: [{ line: "GET /a" }, { line: "GET /a" }],
      gets: [103, 502],
    },
  ),
  answered(
    "103 with a length",
    `HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n${OK}`,
    200,
    "RFC 9112, 6.3: 1xx has no body; what looks like one is the answer",
    { gets: [103, 200] },
  ),
  answered(
    "100 that the origin sends by itself",
    `HTTP/1.1 100 Continue\r\n\r\n${OK}`,
    200,
    "RFC 9110, 15.2.1: the visitor did not wait for it, and the edge has asked already",
  ),
  answered(
    "100 on top of the edge's own",
    `HTTP/1.1 100 Continue\r\n\r\n${OK}`,
    200,
    "RFC 9110, 10.1.1: once is enough",
    {
      send: [head("POST /a", "Content-Length: 5", "Expect: 100-continue"), "hello"],
      reaches: [{ line: "POST /a", body: "hello" }],
      gets: [100, 200],
    },
  ),
  answered(
    "a thousand interim answers of 100",
    { bytes: `${"HTTP/1.1 100 Continue\r\n\r\n".repeat(1000)}${OK}`, closing: "end" },
    502,
    "an origin must not keep us busy for ever",
  ),
];
