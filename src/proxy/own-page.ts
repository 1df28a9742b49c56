import { STATUS_CODES } from "node:http";
import type { Exchange } from "./exchange.ts";

const WORDS: Readonly<Record<number, readonly [title: string, text: string]>> = {
  400: ["Bad request", "The request could not be understood."],
  405: ["Not allowed", "This method is not allowed here."],
  408: ["Too slow", "The request did not come in time."],
  413: ["Too large", "What was sent is larger than can be taken in."],
  414: ["Too long", "The address that was asked for is too long."],
  417: ["Cannot be met", "The request expects something that is not offered here."],
  421: ["Unknown site", "There is no site of this name here."],
  429: ["Too many requests", "There were too many requests. Please try again in a moment."],
  431: ["Too much", "The request says more than can be taken in."],
  500: ["Error", "Something went wrong. Please try again in a moment."],
  501: ["Unknown coding", "The request is written in a way that is not understood here."],
  502: ["Site not reachable", "The site could not be reached. Please try again in a moment."],
  503: ["Not available", "This is not available now. Please try again in a moment."],
  504: ["No answer", "The site did not answer in time. Please try again in a moment."],
  505: ["Unknown version", "This version of HTTP is not spoken here."],
};

/** The page of one of our own statuses. */
export function ownPage(status: number): string {
  const [title, text] = WORDS[status] ?? ["Error", "Something went wrong."];
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem;color:#222}h1{font-size:1.5rem}</style><h1>${title}</h1><p>${text}</p><p><small>${status}</small></p></html>\n`;
}

/**
 * Answers a request ourselves.
 *
 * @param lines header fields with their CRLF
 * @param body in UTF-8; 204 and 304 have none
 */
export function answerWith(x: Exchange, status: number, lines: string, body?: string): void {
  x.status = status;
  const { wire } = x.connection;
  const content = Buffer.from(body ?? "");
  const length =
    body === undefined && status === 204 ? "" : `Content-Length: ${content.length}\r\n`;
  const connection = x.close
    ? "Connection: close\r\n"
    : x.minor === 0
      ? "Connection: keep-alive\r\n"
      : "";
  const hsts = x.secure && x.rules?.hsts;
  const promised = hsts ? `Strict-Transport-Security: ${hsts}\r\n` : "";
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines}${promised}${length}Date: ${x.edge.date()}\r\n${connection}\r\n`;
  const all = Buffer.concat(
    x.method === "HEAD" ? [Buffer.from(head, "latin1")] : [Buffer.from(head, "latin1"), content],
  );
  wire.write(all, 0, all.length);
  x.connection.answered(x, true);
}

/**
 * Answers with a page of our own, or breaks the connection when an answer has already begun.
 *
 * @param more header fields with their CRLF
 */
export function answerItself(x: Exchange, status: number, more = ""): void {
  if (x.status !== 0) {
    x.connection.answered(x, false);
    return;
  }
  // Who waits for 100 may or may not send a body now: nobody can tell where his next request begins.
  if (x.awaitsContinue) x.close = true;
  const lines = "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n";
  answerWith(x, status, lines + more, ownPage(status));
}

/** Answers with a page of our own; nothing that comes behind the request on its connection is one. */
export function answerAndClose(x: Exchange, status: number): void {
  x.close = true;
  answerItself(x, status);
}

/** Answers `OPTIONS *`, a question about the server itself (RFC 9110, section 9.3.7). */
export function answerAllowed(x: Exchange): void {
  answerWith(x, 204, "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n");
}
