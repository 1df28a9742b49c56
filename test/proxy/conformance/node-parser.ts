/** What Node's own parser (llhttp) makes of the bytes of a request. */
import { createServer, type IncomingMessage, METHODS } from "node:http";
import { Duplex } from "node:stream";
import type { Message } from "./reference-parser.ts";

type Read = Pick<Message, "line" | "fields" | "body" | "trailers"> | { readonly fault: string };

/** Whether it knows the method: it refuses those that are somebody's own, and bytes beyond ASCII in targets. */
export const isKnownToNode = ({ line }: Message): boolean =>
  METHODS.includes(line.split(" ", 1)[0] ?? "") && !/[\x80-\xff]/.test(line);

/** Reads one request that is followed by nothing. */
export function readByNode(bytes: string): Promise<Read> {
  return new Promise((done) => {
    const server = createServer({ maxHeaderSize: 1e6 }, take);
    server.on("upgrade", take);
    server.on("clientError", ({ message }: Error) => done({ fault: message }));
    const wire = new Duplex({ read() {}, write: (_, __, next) => next() });
    server.emit("connection", wire);
    wire.push(bytes, "latin1");

    function take(request: IncomingMessage): void {
      let body = "";
      request.setEncoding("latin1");
      request.on("data", (piece: string) => (body += piece));
      request.on("error", ({ message }) => done({ fault: message }));
      request.on("end", () => {
        const { method, url, httpVersion, rawHeaders, rawTrailers } = request;
        done({
          line: `${method} ${url} HTTP/${httpVersion}`,
          fields: pairsOf(rawHeaders),
          body,
          trailers: pairsOf(rawTrailers),
        });
        wire.destroy();
      });
    }
  });
}

function pairsOf(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ""] as const] : [])) as [
    string,
    string,
  ][];
}
