/** Answers that break off (RFC 9112, section 8): a visitor must never take a part for the whole. */
import { answered, type Case, head, OK, raw, type Speech } from "../case.ts";

const LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const CLOSE = "HTTP/1.1 200 OK\r\n\r\n";
const HALF = { status: 200, broken: true } as const;

const cut = (name: string, speech: Speech, why: string, more: Partial<Case> = {}): Case =>
  answered(name, speech, HALF, why, { afterwards: "closed", ...more });

const broken: readonly (readonly [name: string, bytes: string])[] = [
  ["a chunk without its end", "4\r\nhalf00\r\n0\r\n\r\n"],
  ["a chunk that ends with LF alone", "4\r\nhalf\n0\r\n\r\n"],
  ["a size that is no number", "4\r\nhalf\r\nx\r\n\r\n"],
  ["a size with a sign", "4\r\nhalf\r\n-1\r\n\r\n"],
  ["a size of 2^64", "4\r\nhalf\r\n10000000000000000\r\n\r\n"],
  ["an extension with a bare LF", "4\r\nhalf\r\n0;\n\r\n\r\n"],
  ["a bad trailer", "4\r\nhalf\r\n0\r\nX Y\r\n\r\n"],
  ["a trailer of Content-Length", "4\r\nhalf\r\n0\r\nContent-Length: 1\r\n\r\n"],
  ["a trailer of Set-Cookie", "4\r\nhalf\r\n0\r\nSet-Cookie: wl=forged\r\n\r\n"],
];

export const cutOff: readonly Case[] = [
  cut("a length, then an end", { bytes: [LENGTH, "half"], closing: "end" }, "RFC 9112, 8"),
  cut("a length, then a reset", { bytes: [LENGTH, "half"], closing: "reset" }, "RFC 9112, 8"),
  cut("head and half a body in one", { bytes: `${LENGTH}half`, closing: "end" }, "RFC 9112, 8"),
  cut("a chunk, then an end", { bytes: [CHUNKED, "4\r\nhalf\r\n"], closing: "end" }, "RFC 9112, 8"),
  cut(
    "half a chunk, then an end",
    { bytes: [CHUNKED, "8\r\nhalf"], closing: "end" },
    "RFC 9112, 8",
  ),
  cut(
    "the last chunk without its empty line, then an end",
    { bytes: [CHUNKED, "4\r\nhalf\r\n0\r\n"], closing: "end" },
    "RFC 9112, 8",
  ),
  cut(
    "a chunk, then a reset",
    { bytes: [CHUNKED, "4\r\nhalf\r\n"], closing: "reset" },
    "RFC 9112, 8",
  ),
  cut(
    "no length, then a reset",
    { bytes: [CLOSE, "half"], closing: "reset" },
    "RFC 9112, 8: an end would look like the answer's own",
  ),
  ...broken.map(([name, bytes]) =>
    cut(`chunks with ${name}`, { bytes: [CHUNKED, bytes], closing: "end" }, "RFC 9112, 7.1 and 8"),
  ),
  ...(
    [
      ["a length", { bytes: [LENGTH, "half"], closing: "end" }],
      ["chunks", { bytes: [CHUNKED, "4\r\nhalf\r\n"], closing: "end" }],
    ] as const
  ).map(([name, speech]) =>
    cut(
      `${name}, cut off for HTTP/1.0`,
      speech,
      "RFC 9112, 8: where an end ends the body, only a reset is no end",
      { send: raw("GET /a HTTP/1.0", "Host: 127.0.0.1") },
    ),
  ),
  ...[
    "HTTP/1.1 200 OK\r\nContent-Le",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
    "HTTP/1.1 2",
    "H",
  ].map((bytes) =>
    answered(
      `half a head: ${JSON.stringify(bytes)}`,
      { bytes, closing: "end" },
      502,
      "RFC 9112, 8: nothing of it has been sent on, so GET is asked once more",
      {
        says: [
          { bytes, closing: "end" },
          { bytes, closing: "end" },
        ],
        reaches: [{ line: "GET /a" }, { line: "GET /a" }],
      },
    ),
  ),
  answered(
    "nothing, to GET",
    { bytes: "", closing: "end" },
    200,
    "RFC 9112, 9.3.1: what changes nothing is asked again",
    {
      says: [{ bytes: "", closing: "end" }, OK],
      reaches: [{ line: "GET /a" }, { line: "GET /a" }],
    },
  ),
  answered(
    "nothing, to POST",
    { bytes: "", closing: "end" },
    502,
    "RFC 9110, 9.2.2: what may have had an effect is not asked again",
    {
      send: `${head("POST /a", "Content-Length: 5")}hello`,
      reaches: [{ line: "POST /a", body: "hello" }],
    },
  ),
];
