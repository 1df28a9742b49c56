/** Field lines (RFC 9110, section 5; RFC 9112, section 5). */
import { type Case, head, passed, raw, refused } from "../case.ts";

const DELIMITERS = '(),/;<=>?@[\\]{}"'.split("");
/** All but HTAB; LF and CR are looked at by themselves. */
const CONTROLS = [...Array.from({ length: 32 }, (_, i) => i), 0x7f].filter(
  (c) => c !== 0x09 && c !== 0x0a && c !== 0x0d,
);

const wrong: readonly (readonly [name: string, line: string, why: string])[] = [
  ["a space in front of the colon", "X-A : b", "RFC 9112, 5.1: 400, it has hidden framing fields"],
  ["a tab in front of the colon", "X-A\t: b", "RFC 9112, 5.1"],
  ["a framing field with a space", "Content-Length : 5", "RFC 9112, 5.1"],
  ["a coding with a space", "Transfer-Encoding : chunked", "RFC 9112, 5.1"],
  ["a space within the name", "X A: b", "RFC 9110, 5.1: a token"],
  ["an empty name", ": b", "RFC 9110, 5.1: a token"],
  ["nothing but a colon", ":", "RFC 9110, 5.1: a token"],
  ["no colon", "X-A", "RFC 9112, 5"],
  ["a letter beyond ASCII in the name", "X-\xc9: b", "RFC 9110, 5.1: a token"],
  ["folding", "X-A: b\r\n c", "RFC 9112, 5.2: 400"],
  ["folding with a tab", "X-A: b\r\n\tc", "RFC 9112, 5.2: 400"],
  ["folding into nothing", "X-A:\r\n b", "RFC 9112, 5.2: 400"],
  ["a folded line of spaces", "X-A: b\r\n ", "RFC 9112, 5.2; some take it for the head's end"],
  ["a framing field by folding", "X-A: b\r\n Content-Length: 5", "RFC 9112, 5.2: smuggling"],
  ["a line that ends with LF alone", "X-A: b\nX-C: d", "RFC 9112, 2.2: one field or two?"],
  ["a framing field behind a bare LF", "X-A: b\nContent-Length: 5", "RFC 9112, 2.2: smuggling"],
  ["a framing field behind a bare CR", "X-A: b\rContent-Length: 5", "RFC 9112, 2.2: smuggling"],
  ["a bare CR in the value", "X-A: b\rc", "RFC 9110, 5.5"],
  ["a bare CR at the value's end", "X-A: b\r", "RFC 9110, 5.5"],
  ["a bare CR in the name", "X\r-A: b", "RFC 9110, 5.1"],
  ["an empty line of LF", "X-A: b\n", "RFC 9112, 2.2: is that the end of the head?"],
];

const right: readonly (readonly [name: string, line: string, meant: string])[] = [
  ["no space behind the colon", "X-A:b", "X-A: b"],
  ["white space around the value", "X-A: \t b \t ", "X-A: b"],
  ["an empty value", "X-A:", "X-A: "],
  ["a value of spaces", "X-A:   ", "X-A: "],
  ["a tab within the value", "X-A: b\tc", "X-A: b\tc"],
  ["spaces within the value", "X-A: b  c", "X-A: b  c"],
  ["colons in the value", "X-A: b: c:d", "X-A: b: c:d"],
  ["bytes beyond ASCII in the value", "X-A: caf\xe9 \x80\xff", "X-A: caf\xe9 \x80\xff"],
  ["UTF-8 in the value", "X-A: \xe2\x82\xac", "X-A: \xe2\x82\xac"],
  ["every sign of a token", "!#$%&'*+-.^_`|~0: b", "!#$%&'*+-.^_`|~0: b"],
  ["a name of one letter", "x: b", "x: b"],
  ["an underscore", "X_A: b", "X_A: b"],
  ["__proto__", "__proto__: b", "__proto__: b"],
  ["constructor", "constructor: b", "constructor: b"],
  ["an open quote", 'X-A: "b', 'X-A: "b'],
  ["our own name for a cookie, empty", "Cookie: a=1; b=2", "Cookie: a=1; b=2"],
];

export const fieldLines: readonly Case[] = [
  ...wrong.map(([name, line, why]) => refused(name, head("GET /a", line), 400, why)),
  ...wrong
    .slice(0, 10)
    .map(([name, line, why]) =>
      refused(
        `${name}, in the first line`,
        raw("GET /a HTTP/1.1", line, "Host: 127.0.0.1"),
        400,
        why,
      ),
    ),
  refused(
    "a space in front of the first field",
    raw("GET /a HTTP/1.1", " X-A: b", "Host: 127.0.0.1"),
    400,
    "RFC 9112, 2.2: it is skipped by some and taken by others",
  ),
  refused(
    "a line of a space in front of the first field",
    raw("GET /a HTTP/1.1", " ", "Host: 127.0.0.1"),
    400,
    "RFC 9112, 2.2",
  ),
  ...DELIMITERS.map((sign) =>
    refused(`${sign} in a name`, head("GET /a", `X${sign}A: b`), 400, "RFC 9110, 5.1: a token"),
  ),
  ...CONTROLS.flatMap((c) => [
    refused(
      `byte ${c} in a value`,
      head("GET /a", `X-A: b${String.fromCharCode(c)}c`),
      400,
      "RFC 9110, 5.5: dangerous, NUL above all",
    ),
    refused(
      `byte ${c} in a name`,
      head("GET /a", `X${String.fromCharCode(c)}A: b`),
      400,
      "RFC 9110, 5.1: a token",
    ),
  ]),
  ...right.map(([name, line, meant]) =>
    passed(name, head("GET /a", line), { line: "GET /a", fields: [meant] }, "RFC 9110, 5.5"),
  ),
  passed(
    "order, spelling and repetitions",
    head("GET /a", "x-B: 2", "X-a: 1", "X-B: 3", "accept: */*", "x-B: 2"),
    { line: "GET /a", fields: ["x-B: 2", "X-a: 1", "X-B: 3", "accept: */*", "x-B: 2"] },
    "RFC 9110, 5.3: the order of one name's lines counts; the rest is the visitor's own",
  ),
  passed(
    "repeated Cookie, Authorization and Referer",
    head("GET /a", "Cookie: a=1", "Authorization: x", "Authorization: y", "Cookie: b=2"),
    {
      line: "GET /a",
      fields: ["Cookie: a=1", "Authorization: x", "Authorization: y", "Cookie: b=2"],
    },
    "what to make of it is the origin's to say",
  ),
];
