/** The request target (RFC 9112, section 3.2). */
import { type Case, head, passed, raw, refused } from "../case.ts";

const unchanged = [
  "/",
  "/?",
  "/a?",
  "/a?b=c&d=%20",
  "//evil/a",
  "//",
  "/a/../b/./c",
  "/%2e%2e/%2F%00%",
  "/a;b=c",
  "/a\\b",
  "/a?b?c/d",
  "/:@!$&'()*+,;=-._~",
  '/"<>^`{|}',
  "/http://other/a",
  "/*",
  "/caf\xc3\xa9",
  "/caf\xe9?\xff",
  `/${"long/".repeat(400)}`,
];

const absolute: readonly (readonly [target: string, meant: string])[] = [
  ["http://127.0.0.1/a?b", "/a?b"],
  ["http://127.0.0.1", "/"],
  ["http://127.0.0.1/", "/"],
  ["http://127.0.0.1?b", "/?b"],
  ["HTTP://127.0.0.1/a", "/a"],
  ["http://127.0.0.1//a", "//a"],
];

const wrong: readonly (readonly [name: string, target: string, why: string])[] = [
  ["an absolute target of another host", "http://other/a", "RFC 9112, 3.2.2: which one is meant?"],
  ["an absolute target of another port", "http://127.0.0.1:81/a", "RFC 9112, 3.2.2"],
  ["an absolute target with a user", "http://me@127.0.0.1/a", "RFC 9110, 4.2.4: deceit"],
  ["an absolute target with a password", "http://127.0.0.1:x@127.0.0.1/", "RFC 9110, 4.2.4"],
  ["an absolute target without a host", "http:///a", "RFC 9110, 4.2.1: an empty host is invalid"],
  ["a scheme and nothing", "http://", "RFC 9110, 4.2.1"],
  ["one slash", "http:/127.0.0.1/a", "RFC 9110, 4.2.1"],
  ["no slash", "http:127.0.0.1/a", "RFC 9110, 4.2.1"],
  ["backslashes", "http:\\\\127.0.0.1\\a", "only browsers take them for slashes"],
  ["another scheme", "ftp://127.0.0.1/a", "RFC 9110, 7.1: no such resource here"],
  ["a file", "file:///etc/passwd", "RFC 9110, 7.1"],
  ["a fragment", "/a#b", "RFC 9112, 3.2: it is not sent, and servers cut it or do not"],
  ["a fragment behind an absolute target", "http://127.0.0.1/#b", "the same"],
  ["an asterisk for GET", "*", "RFC 9112, 3.2.4: for OPTIONS only"],
  ["an authority for GET", "127.0.0.1:80", "RFC 9112, 3.2.3: for CONNECT only"],
  ["a path without its slash", "a", "RFC 9112, 3.2.1"],
  ["a query alone", "?a", "RFC 9112, 3.2.1"],
  ["a dot", "./a", "RFC 9112, 3.2.1"],
];

export const target: readonly Case[] = [
  ...unchanged.map((path) =>
    passed(
      `the target ${path.slice(0, 40)}`,
      head(`GET ${path}`),
      { line: `GET ${path}` },
      "RFC 3986, 6.2: only the origin knows what is equivalent",
    ),
  ),
  ...absolute.map(([given, meant]) =>
    passed(
      `the target ${given}`,
      head(`GET ${given}`),
      { line: `GET ${meant}` },
      "RFC 9112, 3.2.2",
    ),
  ),
  passed(
    "an absolute target with the port of Host",
    raw("GET http://Shop.example:81/a HTTP/1.1", "Host: shop.example:81"),
    { line: "GET /a", host: "shop.example:81" },
    "RFC 9112, 3.2.2; hosts are compared without case",
  ),
  ...wrong.map(([name, given, why]) => refused(name, head(`GET ${given}`), 400, why)),
  {
    name: "an asterisk for OPTIONS",
    why: "RFC 9110, 9.3.7: it asks about the server, which is us",
    send: head("OPTIONS *"),
    reaches: [],
    gets: [204],
    afterwards: "kept",
  },
  passed("OPTIONS for a path", head("OPTIONS /a"), { line: "OPTIONS /a" }, "RFC 9110, 9.3.7"),
];
