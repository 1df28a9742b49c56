/** Host (RFC 9110, section 7.2; RFC 9112, section 3.2). */
import { type Case, passed, raw, refused } from "../case.ts";

const wrong: readonly (readonly [name: string, fields: readonly string[], why: string])[] = [
  ["no Host", [], "RFC 9112, 3.2: 400, whatever the target says"],
  ["an empty Host", ["Host:"], "it names no site"],
  ["Host of a space", ["Host:  "], "it names no site"],
  ["Host twice", ["Host: 127.0.0.1", "Host: 127.0.0.1"], "RFC 9112, 3.2: 400"],
  ["two Hosts", ["Host: 127.0.0.1", "Host: other"], "routing confusion: the first or the last?"],
  ["two Hosts, the other one first", ["Host: other", "Host: 127.0.0.1"], "the same"],
  ["Host in two spellings", ["Host: 127.0.0.1", "hOST: other"], "names have no case"],
  ["a list", ["Host: 127.0.0.1, 127.0.0.1"], "RFC 9112, 3.2: no list"],
  ["two names", ["Host: 127.0.0.1 other"], "RFC 9110, 7.2: no space in it"],
  ["a tab in it", ["Host: 127.0.0.1\tother"], "RFC 9110, 7.2"],
  ["a user in front of it", ["Host: other@127.0.0.1"], "RFC 9110, 7.2: no userinfo"],
  ["a user with a password", ["Host: a:b@127.0.0.1"], "RFC 9110, 7.2: no userinfo"],
  ["a path behind it", ["Host: 127.0.0.1/a"], "cache keys and links made from it"],
  ["a query behind it", ["Host: 127.0.0.1?a"], "cache keys and links made from it"],
  ["a fragment behind it", ["Host: 127.0.0.1#a"], "cache keys and links made from it"],
  ["a backslash behind it", ["Host: 127.0.0.1\\a"], "RFC 3986, 3.2.2"],
  ["a scheme in front of it", ["Host: http://127.0.0.1"], "RFC 9110, 7.2"],
  ["quotes and markup", ['Host: 127.0.0.1"><script>'], "links made from it"],
  ["a port of letters", ["Host: 127.0.0.1:http"], "RFC 3986, 3.2.3: digits"],
  ["a port with a sign", ["Host: 127.0.0.1:+80"], "RFC 3986, 3.2.3: digits"],
  ["two ports", ["Host: 127.0.0.1:80:81"], "RFC 3986, 3.2.3"],
  ["a port alone", ["Host: :80"], "it names no site"],
  ["bytes beyond ASCII", ["Host: 127.0.0.1\xe9"], "RFC 3986, 3.2.2: names are ASCII"],
  ["an open bracket", ["Host: [::1"], "RFC 3986, 3.2.2"],
  ["brackets around a name", ["Host: [127.0.0.1"], "RFC 3986, 3.2.2"],
  ["space in front of the colon", ["Host : 127.0.0.1"], "RFC 9112, 5.1: 400"],
  ["a folded Host", ["Host:", " 127.0.0.1"], "RFC 9112, 5.2: obs-fold"],
  ["a second Host by folding", ["Host: 127.0.0.1", " Host: other"], "RFC 9112, 5.2: obs-fold"],
];

const right: readonly (readonly [name: string, field: string, host: string])[] = [
  ["no space behind the colon", "Host:127.0.0.1", "127.0.0.1"],
  ["white space around it", "Host: \t 127.0.0.1 \t ", "127.0.0.1"],
  ["an upper-case name", "HOST: 127.0.0.1", "127.0.0.1"],
  ["a port", "Host: 127.0.0.1:8080", "127.0.0.1:8080"],
  ["an empty port", "Host: 127.0.0.1:", "127.0.0.1:"],
  ["a name in capitals", "Host: SHOP.Example", "SHOP.Example"],
];

export const host: readonly Case[] = [
  ...wrong.map(([name, fields, why]) =>
    refused(`Host: ${name}`, raw("GET /a HTTP/1.1", ...fields), 400, why),
  ),
  ...right.map(([name, field, meant]) =>
    passed(
      `Host: ${name}`,
      raw("GET /a HTTP/1.1", field),
      { line: "GET /a", host: meant },
      "RFC 9110, 5.5 and 7.2; the origin may build links from it, so it comes as it is",
    ),
  ),
  passed(
    "Host is the last field",
    raw("GET /a HTTP/1.1", "X-A: b", "Host: 127.0.0.1"),
    { line: "GET /a", fields: ["X-A: b"] },
    "RFC 9110, 7.2 would like it first; nothing depends on it",
  ),
  refused(
    "no Host in HTTP/1.0",
    raw("GET /a HTTP/1.0"),
    400,
    "allowed there, but sites are told apart by it",
  ),
  {
    name: "a site that is none",
    why: "RFC 9110, 15.5.20: 421; its framing is clear, so the connection may go on",
    send: raw("GET /a HTTP/1.1", "Host: other"),
    reaches: [],
    gets: [421],
    afterwards: "kept",
  },
  {
    name: "an IPv6 address that is no site",
    why: "RFC 9110, 15.5.20: 421",
    send: raw("GET /a HTTP/1.1", "Host: [::1]:80"),
    reaches: [],
    gets: [421],
    afterwards: "kept",
  },
  {
    name: "a site that is none, with a body",
    why: "what is in the body is no request",
    send: `${raw("POST /a HTTP/1.1", "Host: other", "Content-Length: 36")}GET /b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    reaches: [],
    gets: [421],
    afterwards: "kept",
  },
];
