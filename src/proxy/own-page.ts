import { type ServerResponse, STATUS_CODES } from "node:http";

const WORDS: Readonly<Record<number, readonly [title: string, text: string]>> = {
  400: ["Bad request", "The request could not be understood."],
  405: ["Not allowed", "This method is not allowed here."],
  408: ["Too slow", "The request did not come in time."],
  421: ["Unknown site", "There is no site of this name here."],
  500: ["Error", "Something went wrong. Please try again in a moment."],
  502: ["Site not reachable", "The site could not be reached. Please try again in a moment."],
  503: ["Not available", "This is not available now. Please try again in a moment."],
  504: ["No answer", "The site did not answer in time. Please try again in a moment."],
};

/** The page of one of our own statuses. */
export function ownPage(status: number): string {
  const [title, text] = WORDS[status] ?? ["Error", "Something went wrong."];
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem;color:#222}h1{font-size:1.5rem}</style><h1>${title}</h1><p>${text}</p><p><small>${status}</small></p></html>\n`;
}

/** Answers with a page of our own, or breaks the connection when an answer has already begun. */
export function answerItself(response: ServerResponse, status: number): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { req: request } = response;
  // Who waits for 100 may or may not send a body now: nobody can tell where his next request begins.
  if (request.headers.expect !== undefined && !request.complete) response.shouldKeepAlive = false;
  const page = Buffer.from(ownPage(status));
  response.sendDate = true;
  // The reason is given because a failed attempt may have left its own.
  response.writeHead(status, STATUS_CODES[status] ?? "", [
    "Content-Type",
    "text/html; charset=utf-8",
    "Content-Length",
    String(page.length),
    "Cache-Control",
    "no-store",
  ]);
  response.end(request.method === "HEAD" ? undefined : page);
}

/** Answers with a page of our own; nothing that comes behind the request on its connection is one. */
export function answerAndClose(response: ServerResponse, status: number): void {
  response.shouldKeepAlive = false;
  answerItself(response, status);
}

/** Answers `OPTIONS *`, a question about the server itself (RFC 9110, section 9.3.7). */
export function answerAllowed(response: ServerResponse): void {
  response.writeHead(204, ["Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"]);
  response.end();
}
