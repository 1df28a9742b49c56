/** Field lines of an origin (RFC 9110, section 5; RFC 9112, section 5). */
import { answered, type Case } from "../case.ts";

const says = (...lines: readonly string[]): string =>
  `${["HTTP/1.1 200 OK", ...lines, "Content-Length: 2"].join("\r\n")}\r\n\r\nok`;

const wrong: readonly (readonly [name: string, line: string, why: string])[] = [
  ["a bare LF", "X-A: b\nX-C: d", "RFC 9112, 2.2: one field or two?"],
  ["a bare CR", "X-A: b\rX-C: d", "RFC 9110, 5.5"],
  ["a cookie behind a bare CR", "X-A: b\rSet-Cookie: a=1", "RFC 9110, 5.5: response splitting"],
  ["an empty line of LF", "X-A: b\n\n<script>", "response splitting"],
  ["a NUL", "X-A: b\0c", "RFC 9110, 5.5"],
  ["byte 1", "X-A: b\x01c", "RFC 9110, 5.5; http-proxy dies of it"],
  ["byte 11", "X-A: b\x0bc", "RFC 9110, 5.5"],
  ["byte 27", "X-A: b\x1bc", "RFC 9110, 5.5"],
  ["DEL", "X-A: b\x7fc", "RFC 9110, 5.5"],
  ["folding", "X-A: b\r\n c", "RFC 9112, 5.2: 502 or unfolded"],
  ["a folded length", "Content-Length:\r\n 2", "RFC 9112, 5.2"],
  ["no colon", "X-A", "RFC 9112, 5"],
  ["an empty name", ": b", "RFC 9110, 5.1"],
  ["a space within the name", "X A: b", "RFC 9110, 5.1"],
  ["a space in front of the colon", "X-A : b", "RFC 9112, 5.1: some would read another name"],
  ["a coding with a space", "Transfer-Encoding : chunked", "RFC 9112, 5.1: response smuggling"],
  ["a letter beyond ASCII in the name", "X-\xc9: b", "RFC 9110, 5.1"],
  ["a NUL in the name", "X\0A: b", "RFC 9110, 5.1"],
];

const gone = [
  "Connection: keep-alive",
  "Keep-Alive: timeout=9",
  "Proxy-Connection: keep-alive",
  "Proxy-Authenticate: Basic",
  "Upgrade: h2c",
  "X-Warmline-Site: x",
];

export const answerFields: readonly Case[] = [
  ...wrong.map(([name, line, why]) => answered(`an answer with ${name}`, says(line), 502, why)),
  answered(
    "order, spelling and repetitions of an answer",
    says("X-B: 2", "set-Cookie: a=1", "X-A: caf\xe9", "Set-Cookie: b=2", "Date: x", "X-B: 1"),
    {
      status: 200,
      fields: ["X-B: 2", "set-Cookie: a=1", "X-A: caf\xe9", "Set-Cookie: b=2", "Date: x", "X-B: 1"],
      body: "ok",
    },
    "RFC 9110, 5.3; Set-Cookie cannot be joined",
  ),
  ...gone.map((line) =>
    answered(
      `an answer with ${line}`,
      says("Date: x", line, "X-A: b"),
      { status: 200, fields: ["Date: x", "X-A: b"] },
      line.startsWith("X-") ? "only we say that" : "RFC 9110, 7.6.1: of one hop",
    ),
  ),
  answered(
    "an answer with what Connection names",
    says("Date: x", "X-Hop: 1", "Connection: X-Hop", "X-A: b"),
    { status: 200, fields: ["Date: x", "X-A: b"] },
    "RFC 9110, 7.6.1",
  ),
  answered(
    "an answer whose Connection names its length",
    says("Date: x", "Connection: Content-Length"),
    { status: 200, fields: ["Date: x"], body: "ok" },
    "its framing stays",
  ),
  answered(
    "an answer with an empty value",
    says("Date: x", "X-A:"),
    { status: 200, fields: ["Date: x", "X-A: "] },
    "RFC 9110, 5.5",
  ),
  answered(
    "an answer with every sign in a name",
    says("Date: x", "!#$%&'*+-.^_`|~0: b"),
    { status: 200, fields: ["Date: x", "!#$%&'*+-.^_`|~0: b"] },
    "RFC 9110, 5.1",
  ),
  answered(
    "an answer with 12,000 bytes of cookies",
    says("Date: x", ...Array.from({ length: 3 }, (_, i) => `Set-Cookie: ${i}=${"a".repeat(4000)}`)),
    {
      status: 200,
      fields: ["Date: x", ...[0, 1, 2].map((i) => `Set-Cookie: ${i}=${"a".repeat(4000)}`)],
      body: "ok",
    },
    "applications do that",
  ),
  answered(
    "an answer with a head of 300,000 bytes",
    says(`X-A: ${"a".repeat(300_000)}`),
    502,
    "memory is not an origin's either",
  ),
  answered(
    "an answer with a head that never ends",
    { bytes: `HTTP/1.1 200 OK\r\n${"X-A: bcdefgh\r\n".repeat(25_000)}`, closing: "end" },
    502,
    "the same",
  ),
];
