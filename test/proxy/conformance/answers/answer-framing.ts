/** Where an answer ends (RFC 9112, section 6.3). */
import { answered, type Case, head } from "../case.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKS = "2\r\nok\r\n0\r\n\r\n";

const wrong: readonly (readonly [name: string, lines: string, body: string])[] = [
  ["two lengths", "Content-Length: 1\r\nContent-Length: 2", "ok"],
  ["the same length twice", "Content-Length: 2\r\nContent-Length: 2", "ok"],
  ["a list of lengths", "Content-Length: 2, 2", "ok"],
  ["a plus sign", "Content-Length: +2", "ok"],
  ["a minus sign", "Content-Length: -2", "ok"],
  ["a length that is no number", "Content-Length: x", "ok"],
  ["an empty length", "Content-Length:", "ok"],
  ["a length of 2^64 and 2", "Content-Length: 18446744073709551618", "ok"],
  ["a length and chunks", "Content-Length: 2\r\nTransfer-Encoding: chunked", CHUNKS],
  ["chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 12", CHUNKS],
  ["chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", CHUNKS],
  ["chunked, chunked", "Transfer-Encoding: chunked, chunked", CHUNKS],
  ["chunked, then identity", "Transfer-Encoding: chunked, identity", CHUNKS],
  ["identity and a length", "Transfer-Encoding: identity\r\nContent-Length: 2", "ok"],
  ["gzip, chunked", "Transfer-Encoding: gzip, chunked", CHUNKS],
  ["xchunked", "Transfer-Encoding: xchunked", CHUNKS],
  ["an empty coding", "Transfer-Encoding:", CHUNKS],
  ["a comma in front of the coding", "Transfer-Encoding: ,chunked", CHUNKS],
  ["a vertical tab in front of the coding", "Transfer-Encoding: \x0bchunked", CHUNKS],
];

const chunked = (name: string, body: string, why: string, got = "ok"): Case =>
  answered(name, `${OK}Transfer-Encoding: chunked\r\n\r\n${body}`, { status: 200, body: got }, why);

const bodiless = (status: string, ...lines: readonly string[]): string =>
  `HTTP/1.1 ${[status, "Date: x", ...lines].join("\r\n")}\r\n\r\n`;

export const answerFraming: readonly Case[] = [
  ...wrong.map(([name, lines, body]) =>
    answered(
      `an answer with ${name}`,
      { bytes: `${OK}${lines}\r\n\r\n${body}`, closing: "end" },
      502,
      "RFC 9112, 6.3: two recipients could see two ends (response smuggling)",
    ),
  ),
  answered(
    "an answer with chunks in HTTP/1.0",
    { bytes: `HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`, closing: "end" },
    502,
    "RFC 9112, 6.1: faulty framing",
  ),
  answered(
    "an answer of length 0",
    `${OK}Content-Length: 0\r\n\r\n`,
    { status: 200, body: "" },
    "RFC 9112, 6.3",
  ),
  answered(
    "an answer by length, in pieces",
    { bytes: [`${OK}Content-Length: 6\r\n\r\n`, "abc", "def"] },
    { status: 200, body: "abcdef" },
    "RFC 9112, 6.3",
  ),
  answered(
    "an answer whose head comes byte by byte",
    { bytes: `${OK}Content-Length: 2\r\n\r\nok`.split("") },
    { status: 200, body: "ok" },
    "TCP has no messages",
  ),
  answered(
    "an answer that ends with its connection",
    { bytes: [`${OK}\r\n`, "abc", "def"], closing: "end" },
    { status: 200, body: "abcdef" },
    "RFC 9112, 6.3, the last rule",
  ),
  answered(
    "an empty answer that ends with its connection",
    { bytes: `${OK}\r\n`, closing: "end" },
    { status: 200, body: "" },
    "RFC 9112, 6.3, the last rule",
  ),
  answered(
    "an answer of HTTP/1.0 that ends with its connection",
    { bytes: "HTTP/1.0 200 OK\r\n\r\nok", closing: "end" },
    { status: 200, body: "ok" },
    "RFC 9112, 6.3, the last rule",
  ),
  chunked("chunks", CHUNKS, "RFC 9112, 7.1"),
  chunked(
    "chunks of every digit",
    "a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n",
    "RFC 9112, 7.1",
    "01234567890123456789a",
  ),
  chunked("chunks with extensions", '2;a=b;c="d"\r\nok\r\n0;e\r\n\r\n', "RFC 9112, 7.1.1"),
  chunked("chunks with zeros in front", "0002\r\nok\r\n00\r\n\r\n", "RFC 9112, 7.1"),
  chunked("chunks with a trailer", "2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n", "RFC 9112, 7.1.2"),
  answered(
    "chunks that come byte by byte",
    { bytes: `${OK}Transfer-Encoding: chunked\r\n\r\n5;a\r\nhello\r\n0\r\nX: y\r\n\r\n`.split("") },
    { status: 200, body: "hello" },
    "TCP has no messages",
  ),
  ...["204 No Content", "304 Not Modified"].flatMap((status) => [
    answered(
      `${status} is the end`,
      bodiless(status),
      { status: Number(status.slice(0, 3)), body: "", fields: ["Date: x"] },
      "RFC 9112, 6.3: no body, whatever the fields say",
    ),
    answered(
      `${status} with a length`,
      bodiless(status, "Content-Length: 100"),
      { status: Number(status.slice(0, 3)), body: "" },
      "RFC 9112, 6.3: no body, whatever the fields say",
    ),
    answered(
      `${status} with chunks`,
      bodiless(status, "Transfer-Encoding: chunked"),
      { status: Number(status.slice(0, 3)), body: "" },
      "RFC 9112, 6.3: no body, whatever the fields say",
    ),
  ]),
  ...(
    [
      ["a length", "Content-Length: 100"],
      ["chunks", "Transfer-Encoding: chunked"],
      ["neither", "X-A: b"],
    ] as const
  ).map(([name, line]) =>
    answered(
      `HEAD with ${name}`,
      bodiless("200 OK", line),
      { status: 200, head: true, body: "" },
      "RFC 9112, 6.3: no body, whatever the fields say",
      { send: head("HEAD /a"), reaches: [{ line: "HEAD /a" }] },
    ),
  ),
];
