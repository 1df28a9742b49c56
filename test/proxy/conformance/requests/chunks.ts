/** The chunked coding (RFC 9112, section 7.1). */
import { type Case, head, type Meant, passed, refused } from "../case.ts";

const CHUNKED = head("POST /a", "Transfer-Encoding: chunked");
const HELLO: Meant = { line: "POST /a", body: "hello", framing: "chunked" };

const wrong: readonly (readonly [name: string, body: string, why: string])[] = [
  ["a size of no digits", "\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1: 1*HEXDIG"],
  ["a size that is no number", "x\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1: 1*HEXDIG"],
  ["a size with 0x", "0x5\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1; parsers of numbers take it"],
  [
    "a size with a plus sign",
    "+5\r\nhello\r\n0\r\n\r\n",
    "RFC 9112, 7.1; parsers of numbers take it",
  ],
  [
    "a size with a minus sign",
    "-5\r\nhello\r\n0\r\n\r\n",
    "RFC 9112, 7.1; parsers of numbers take it",
  ],
  ["a size of minus nothing", "-0\r\n\r\n", "RFC 9112, 7.1: is that the last chunk?"],
  ["a size with an underscore", "0_5\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1; Python takes it"],
  ["a size with a point", "5.\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1: 1*HEXDIG"],
  ["a size with h behind it", "5h\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1: 1*HEXDIG"],
  ["a size in quotes", '"5"\r\nhello\r\n0\r\n\r\n', "RFC 9112, 7.1: 1*HEXDIG"],
  ["a space in front of the size", " 5\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1: 1*HEXDIG"],
  ["a tab in front of the size", "\t5\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1: 1*HEXDIG"],
  [
    "a space behind the size",
    "5 \r\nhello\r\n0\r\n\r\n",
    "RFC 9112, 7.1: white space for extensions",
  ],
  ["a second size", "5 6\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1: which of them?"],
  ["a second size behind a comma", "5,6\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1"],
  ["a NUL behind the size", "5\0\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1"],
  ["a size that ends with LF alone", "5\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1: CRLF"],
  ["a size that ends with CR alone", "5\rhello\r\n0\r\n\r\n", "RFC 9112, 7.1: CRLF"],
  ["a size that ends with CR CR LF", "5\r\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1: CRLF"],
  ["2^64 and 5", "10000000000000005\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1: overflow"],
  ["2^64 less 1", "ffffffffffffffff\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1: -1 for some"],
  ["2^63", "8000000000000000\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1: overflow"],
  ["a thousand digits", `${"0".repeat(1000)}5\r\nhello\r\n0\r\n\r\n`, "RFC 9112, 7.1: a bound"],
  ["data that ends with LF alone", "5\r\nhello\n0\r\n\r\n", "RFC 9112, 7.1: CRLF"],
  ["data that ends with CR alone", "5\r\nhello\r0\r\n\r\n", "RFC 9112, 7.1: CRLF"],
  ["data without an end", "5\r\nhello0\r\n\r\n", "RFC 9112, 7.1: CRLF"],
  ["data longer than its size", "3\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1: CRLF"],
  ["data shorter than its size", "7\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1: CRLF"],
  [
    "two bytes of anything for CRLF",
    "5\r\nhelloxx0\r\n\r\n",
    "CVE-2025-1080's like: not looked at",
  ],
  ["an empty line between chunks", "5\r\nhello\r\n\r\n0\r\n\r\n", "RFC 9112, 7.1"],
  ["a last chunk that ends with LF alone", "5\r\nhello\r\n0\n\r\n", "RFC 9112, 7.1: CRLF"],
  ["an end of LF alone", "5\r\nhello\r\n0\r\n\n", "RFC 9112, 7.1: CRLF"],
  ["an end of LF LF", "5\r\nhello\r\n0\n\n", "RFC 9112, 7.1: CRLF"],
  ["an end of CR CR", "5\r\nhello\r\n0\r\r", "RFC 9112, 7.1: CRLF"],
  ["something behind the last chunk", "5\r\nhello\r\n0\r\nxx", "RFC 9112, 7.1.2: no field"],
  ["a last chunk with data", "5\r\nhello\r\n0\r\nhello\r\n\r\n", "RFC 9112, 7.1.2: no field"],
  [
    "an extension with a bare LF",
    "5;a\nb\r\nhello\r\n0\r\n\r\n",
    "TERM.EXT: is that the end of the line?",
  ],
  [
    "an extension with a bare CR",
    "5;a\rb\r\nhello\r\n0\r\n\r\n",
    "TERM.EXT: is that the end of the line?",
  ],
  ["an extension with a NUL", "5;a\0\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1.1"],
  ["a bare LF in a quoted value", '5;a="\n"\r\nhello\r\n0\r\n\r\n', "EXT.TERM: quoted or not?"],
  ["CRLF in a quoted value", '5;a="\r\n"\r\nhello\r\n0\r\n\r\n', "EXT.TERM: quoted or not?"],
  ["white space in front of an extension", "5 ;a\r\nhello\r\n0\r\n\r\n", "llhttp refuses it too"],
  ["white space within an extension", "5;a = b\r\nhello\r\n0\r\n\r\n", "llhttp refuses it too"],
  ["an extension without a name", "5;\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1.1: a token"],
  ["an extension with an empty value", "5;a=\r\nhello\r\n0\r\n\r\n", "RFC 9112, 7.1.1: a token"],
  ["an extension with an open quote", '5;a="b\r\nhello\r\n0\r\n\r\n', "RFC 9112, 7.1.1"],
  [
    "an extension of 20,000 bytes",
    `5;${"a".repeat(20_000)}\r\nhello\r\n0\r\n\r\n`,
    "RFC 9112, 7.1.1: a bound",
  ],
  ["a trailer without a colon", "5\r\nhello\r\n0\r\nX\r\n\r\n", "RFC 9112, 7.1.2: a field"],
  ["a trailer without a name", "5\r\nhello\r\n0\r\n: x\r\n\r\n", "RFC 9112, 7.1.2: a field"],
  ["a trailer with a space in its name", "5\r\nhello\r\n0\r\nX Y: x\r\n\r\n", "RFC 9112, 7.1.2"],
  ["a trailer with a space at its colon", "5\r\nhello\r\n0\r\nX : x\r\n\r\n", "RFC 9112, 5.1"],
  ["a folded trailer", "5\r\nhello\r\n0\r\nX: x\r\n y\r\n\r\n", "RFC 9112, 5.2"],
  ["a trailer with a NUL", "5\r\nhello\r\n0\r\nX: \0\r\n\r\n", "RFC 9110, 5.5"],
  ["a trailer that ends with LF alone", "5\r\nhello\r\n0\r\nX: x\n\r\n", "RFC 9112, 2.2"],
  ["a trailer that ends with CR alone", "5\r\nhello\r\n0\r\nX: x\r\r\n", "RFC 9112, 2.2"],
  [
    "trailers of 100,000 bytes",
    `5\r\nhello\r\n0\r\n${"X: xxxx\r\n".repeat(11_000)}\r\n`,
    "a bound",
  ],
  [
    "a trailer of Content-Length",
    "5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n",
    "RFC 9110, 6.5.1: no framing",
  ],
  [
    "a trailer of Transfer-Encoding",
    "5\r\nhello\r\n0\r\nTransfer-Encoding: x\r\n\r\n",
    "RFC 9110, 6.5.1",
  ],
  ["a trailer of Host", "5\r\nhello\r\n0\r\nHost: other\r\n\r\n", "RFC 9110, 6.5.1: no routing"],
  ["a trailer of Cookie", "5\r\nhello\r\n0\r\nCookie: wl=x\r\n\r\n", "RFC 9110, 6.5.1"],
  [
    "a trailer of X-Forwarded-For",
    "5\r\nhello\r\n0\r\nx-forwarded-for: x\r\n\r\n",
    "only we say that",
  ],
  [
    "a trailer of X-Warmline-Site",
    "5\r\nhello\r\n0\r\nX-Warmline-Site: x\r\n\r\n",
    "only we say that",
  ],
];

const right: readonly (readonly [name: string, body: string])[] = [
  ["one chunk", "5\r\nhello\r\n0\r\n\r\n"],
  ["a chunk for each byte", "1\r\nh\r\n1\r\ne\r\n1\r\nl\r\n1\r\nl\r\n1\r\no\r\n0\r\n\r\n"],
  ["zeros in front of the size", "0005\r\nhello\r\n0\r\n\r\n"],
  ["a last chunk of zeros", "5\r\nhello\r\n0000\r\n\r\n"],
  ["an extension", "5;a\r\nhello\r\n0\r\n\r\n"],
  ["an extension with a value", "5;a=b\r\nhello\r\n0\r\n\r\n"],
  ["an extension with a quoted value", '5;a="b;c \\" d"\r\nhello\r\n0\r\n\r\n'],
  ["several extensions", "5;a=b;c;d=e\r\nhello\r\n0\r\n\r\n"],
  ["an extension of the last chunk", "5\r\nhello\r\n0;a\r\n\r\n"],
  ["an extension that looks like a size", "5;6\r\nhello\r\n0\r\n\r\n"],
  ["a trailer", "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n"],
];

export const chunks: readonly Case[] = [
  ...wrong.map(([name, body, why]) => refused(`chunked: ${name}`, CHUNKED + body, 400, why)),
  ...right.map(([name, body]) =>
    passed(`chunked: ${name}`, CHUNKED + body, HELLO, "RFC 9112, 7.1: a recipient must read it"),
  ),
  passed(
    "chunked: no data",
    `${CHUNKED}0\r\n\r\n`,
    { line: "POST /a", body: "", framing: "chunked" },
    "RFC 9112, 7.1",
  ),
  ...["a", "A"].map((digit) =>
    passed(
      `chunked: the digit ${digit}`,
      `${CHUNKED}${digit}\r\n0123456789\r\n0\r\n\r\n`,
      { line: "POST /a", body: "0123456789" },
      "RFC 9112, 7.1: HEXDIG has no case",
    ),
  ),
  passed(
    "chunked: data that looks like an end and a request",
    `${CHUNKED}2e\r\n\r\n0\r\n\r\nGET /b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n   \r\n0\r\n\r\n`,
    { line: "POST /a", body: "\r\n0\r\n\r\nGET /b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n   " },
    "RFC 9112, 7.1: the size alone says where it ends",
  ),
  ...["5\r\nhel", "5\r\nhello", "5\r\nhello\r\n", "5\r\nhello\r\n0\r\n", "5", ""].map((body) => ({
    ...refused(
      `chunked: cut short behind ${JSON.stringify(body)}`,
      CHUNKED + body,
      400,
      "RFC 9112, 8: incomplete without its last chunk, and never made whole by us",
    ),
    gets: [],
    cut: true as const,
  })),
];
