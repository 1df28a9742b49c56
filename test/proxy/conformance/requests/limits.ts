/** How large a request's head may be (RFC 9112, sections 2.5 and 3; RFC 6585, section 5), and what large ones must still work. */
import { type Case, head, passed, refused } from "../case.ts";

const fields = (count: number) => Array.from({ length: count }, (_, i) => `X-${i}: y`);

export const limits: readonly Case[] = [
  passed(
    "a target of 8,000 bytes",
    head(`GET /${"a".repeat(7999)}`),
    { line: `GET /${"a".repeat(7999)}` },
    "RFC 9112, 3: at least 8,000",
  ),
  passed(
    "cookies of 8,000 bytes",
    head("GET /a", `Cookie: a=${"b".repeat(8000)}`),
    { line: "GET /a", fields: [`Cookie: a=${"b".repeat(8000)}`] },
    "browsers send up to 4 KB for each of many",
  ),
  passed(
    "90 fields",
    head("GET /a", ...fields(90)),
    { line: "GET /a", fields: fields(90) },
    "more than browsers and CDNs send",
  ),
  refused("300 fields", head("GET /a", ...fields(300)), 431, "RFC 6585, 5"),
  refused("3,000 fields", head("GET /a", ...fields(3000)), 431, "Node 20 forgot the last of them"),
  refused(
    "framing behind 1,000 fields",
    `${head("POST /a", ...fields(1000), "Content-Length: 36")}GET /b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    431,
    "Node 20 obeyed it and did not tell: a body without framing",
  ),
  refused(
    "a field of 100,000 bytes",
    head("GET /a", `X-A: ${"b".repeat(100_000)}`),
    431,
    "RFC 6585, 5",
  ),
  refused(
    "a name of 100,000 bytes",
    head("GET /a", `${"b".repeat(100_000)}: x`),
    431,
    "RFC 6585, 5",
  ),
  refused(
    "a target of 100,000 bytes",
    head(`GET /${"a".repeat(100_000)}`),
    414,
    "RFC 9110, 15.5.15",
  ),
  refused("a method of 100,000 bytes", head(`${"A".repeat(100_000)} /a`), 431, "nobody's method"),
  refused(
    "a head that never ends",
    `GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\n${"X-A: bcdefgh\r\n".repeat(20_000)}`,
    431,
    "RFC 6585, 5: memory is not a visitor's",
  ),
];
