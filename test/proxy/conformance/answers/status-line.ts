/** The status line of an origin (RFC 9112, section 4). */
import { answered, type Case, type Speech } from "../case.ts";

const END = "\r\nContent-Length: 2\r\n\r\nok";
const ending = (bytes: string): Speech => ({ bytes, closing: "end" });

const wrong: readonly (readonly [line: string, why: string])[] = [
  ["HTTP/1.1 000 None", "RFC 9110, 15: 100 to 599; http-proxy and its forks die of it"],
  ["HTTP/1.1 099 None", "RFC 9110, 15; http-proxy and its forks die of it"],
  ["HTTP/1.1 1000 None", "RFC 9112, 4: three digits"],
  ["HTTP/1.1 20 OK", "RFC 9112, 4: three digits"],
  ["HTTP/1.1 2", "RFC 9112, 4: three digits"],
  ["HTTP/1.1 +20 OK", "RFC 9112, 4: three digits"],
  ["HTTP/1.1 -20 OK", "RFC 9112, 4: three digits"],
  ["HTTP/1.1 2x0 OK", "RFC 9112, 4: three digits"],
  ["HTTP/1.1 0x1 OK", "RFC 9112, 4: three digits"],
  ["HTTP/1.1 200OK", "RFC 9112, 4: a space"],
  ["HTTP/1.1  200 OK", "RFC 9112, 4: one space"],
  ["HTTP/1.1\t200 OK", "RFC 9112, 4: a space"],
  ["HTTP/1.1 OK", "RFC 9112, 4: a status"],
  ["HTTP/1.1", "RFC 9112, 4: a status"],
  ["HTTP/1.1 ", "RFC 9112, 4: a status"],
  [" HTTP/1.1 200 OK", "RFC 9112, 4"],
  ["http/1.1 200 OK", "RFC 9112, 2.3: with case"],
  ["HTTP/1.10 200 OK", "RFC 9112, 2.3: one digit each"],
  ["HTTP/2.0 200 OK", "RFC 9112, 2.3: it was asked in 1.1"],
  ["HTTP/0.9 200 OK", "RFC 9112, 2.3"],
  ["HTTP 200 OK", "RFC 9112, 2.3"],
  ["HTTPS/1.1 200 OK", "RFC 9112, 2.3"],
  ["ICY 200 OK", "llhttp knows it; a radio, not a site"],
  ["SSH-2.0-OpenSSH_9.2", "another protocol"],
  ["220 ftp.example FTP server ready", "another protocol"],
  ["GET / HTTP/1.1", "it is no answer"],
  ["<html><p>HTTP/0.9", "RFC 1945: nobody's any more"],
  ["", "RFC 9112, 4: no empty line in front of an answer"],
  ["HTTP/1.1 200 OK\nX: y", "RFC 9112, 2.2: a bare LF"],
  ["HTTP/1.1 200 OK\rX: y", "RFC 9112, 2.2: a bare CR"],
  ["HTTP/1.1 200 OK\r", "RFC 9112, 2.2: a bare CR"],
  ["HTTP/1.1 101 Go", "RFC 9110, 15.2.2: nobody asked for a change of protocols"],
];

const right: readonly (readonly [line: string, status: number, reason: string])[] = [
  ["HTTP/1.1 200 OK", 200, "OK"],
  ["HTTP/1.1 200 ", 200, ""],
  ["HTTP/1.1 200 All is  well\t!", 200, "All is  well\t!"],
  ["HTTP/1.1 200 \xe2\x82\xac", 200, "\xe2\x82\xac"],
  ["HTTP/1.1 299 Odd", 299, "Odd"],
  ["HTTP/1.1 404 Not Found", 404, "Not Found"],
  ["HTTP/1.1 451 Legal", 451, "Legal"],
  ["HTTP/1.1 503 Later", 503, "Later"],
  ["HTTP/1.1 599 Odd", 599, "Odd"],
  ["HTTP/1.1 600 Odd", 600, "Odd"],
  ["HTTP/1.1 999 Odd", 999, "Odd"],
  ["HTTP/1.0 200 OK", 200, "OK"],
];

export const statusLine: readonly Case[] = [
  ...wrong.map(([line, why]) =>
    answered(`the status line ${JSON.stringify(line)}`, ending(line + END), 502, why),
  ),
  ...right.map(([line, status, reason]) =>
    answered(
      `the status line ${JSON.stringify(line)}`,
      ending(line + END),
      { status, reason, body: "ok" },
      "RFC 9112, 4: it is passed on as it is",
    ),
  ),
  answered(
    "no reason, and no space in front of it",
    `HTTP/1.1 200${END}`,
    { status: 200, body: "ok" },
    "RFC 9112, 4 wants the space; many servers forget it",
  ),
  answered(
    "a control byte in the reason",
    `HTTP/1.1 200 O\x01K${END}`,
    { status: 200, reason: "", body: "ok" },
    "RFC 9112, 4: the reason has no meaning, so it is left out",
  ),
  answered(
    "a NUL in the reason",
    `HTTP/1.1 404 N\0${END}`,
    { status: 404, reason: "", body: "ok" },
    "the same",
  ),
];
