/**
 * The origin behind every candidate, a process of its own: answers made beforehand and written as bytes, so that what it costs
 * is little, and the same for all. `node origin.ts PORT`.
 */
import { createHash } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { pages, type Page } from "./pages.ts";

const CHUNK_BYTES = 16 * 1024;
const END = "\r\n\r\n";

const answers = new Map(
  Object.entries<Page>(pages).map(([path, { gzip, ...page }]) => [
    path,
    {
      identity: gzip ? inChunks(page, page.body) : whole(page),
      gzip: gzip && inChunks(page, gzip, "Content-Encoding: gzip\r\n"),
    },
  ]),
);

const server = createServer({ noDelay: true }, (socket) => {
  let rest = "";
  socket.on("error", () => socket.destroy());
  socket.on("data", read);
  function read(chunk: Buffer) {
    rest += chunk.toString("latin1");
    for (let end = rest.indexOf(END); end >= 0; end = rest.indexOf(END)) {
      const head = rest.slice(0, end);
      rest = rest.slice(end + END.length);
      if (/\r\nupgrade: *websocket/i.test(head)) {
        socket.off("data", read);
        return echo(socket, head);
      }
      respond(socket, head);
    }
  }
});
server.listen(Number(process.argv[2]), "127.0.0.1", 4096);

/** A path that is no page is never answered: connections that wait for one are the active ones. */
function respond(socket: Socket, head: string): void {
  const [path = ""] = head.slice(head.indexOf(" ") + 1, head.indexOf(" HTTP/")).split("?", 1);
  const answer = answers.get(path);
  if (!answer) return;
  const { identity, gzip } = answer;
  socket.write(gzip && /\r\naccept-encoding:[^\r]*gzip/i.test(head) ? gzip : identity);
}

function whole({ type, body }: Page): Buffer {
  return Buffer.concat([head(type, `Content-Length: ${body.length}`), body]);
}

function inChunks({ type }: Page, body: Buffer, encoding = ""): Buffer {
  const parts = [head(type, `Vary: Accept-Encoding\r\n${encoding}Transfer-Encoding: chunked`)];
  for (let at = 0; at < body.length; at += CHUNK_BYTES) {
    const part = body.subarray(at, at + CHUNK_BYTES);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n"));
  }
  return Buffer.concat([...parts, Buffer.from("0\r\n\r\n")]);
}

function head(type: string, framing: string): Buffer {
  return Buffer.from(
    `HTTP/1.1 200 OK\r\nServer: origin\r\nDate: Tue, 24 Nov 2026 20:00:00 GMT\r\nContent-Type: ${type}\r\nLast-Modified: Mon, 23 Nov 2026 20:00:00 GMT\r\nCache-Control: no-cache\r\n${framing}${END}`,
  );
}

/** Sends every frame back, unmasked (RFC 6455, section 5.2); they are shorter than 126 bytes here. */
function echo(socket: Socket, request: string): void {
  const key = /\r\nsec-websocket-key: *([^\r]+)/i.exec(request)?.[1] ?? "";
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest("base64")}${END}`,
  );
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    let bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    for (;;) {
      const length = (bytes[1] ?? 0) & 0x7f;
      if (bytes.length < 6 + length) break;
      const frame = Buffer.allocUnsafe(2 + length);
      frame[0] = bytes[0] ?? 0;
      frame[1] = length;
      for (let i = 0; i < length; i++) {
        frame[2 + i] = (bytes[6 + i] ?? 0) ^ (bytes[2 + (i & 3)] ?? 0);
      }
      socket.write(frame);
      bytes = bytes.subarray(6 + length);
    }
    rest = bytes;
  });
}
