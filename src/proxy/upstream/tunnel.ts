import { type IncomingMessage, request as httpRequest } from "node:http";
import type { Duplex } from "node:stream";
import { endToEnd, pairs } from "../fields.ts";

/**
 * Passes an upgrade (WebSocket) on. After 101 the two sockets are one; any other answer is passed back and the connection
 * closed, so that nothing sent ahead is taken for a request.
 */
export function tunnel(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  to: { origin: string; fields: readonly string[]; connectMs: number },
): void {
  const target = new URL(to.origin);
  const upgrade = request.headers.upgrade ?? "";
  const outgoing = httpRequest({
    host: target.hostname,
    port: target.port === "" ? 80 : Number(target.port),
    method: "GET",
    path: request.url,
    headers: [...to.fields, "Connection", "Upgrade", "Upgrade", upgrade],
    timeout: to.connectMs,
    agent: false,
  });
  const give = () => {
    if (socket.writable)
      socket.end("HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  };
  socket.on("error", () => outgoing.destroy());
  socket.on("close", () => outgoing.destroy());
  outgoing.on("timeout", () => outgoing.destroy(new Error("no answer")));
  outgoing.on("error", give);
  outgoing.on("response", (answer) => {
    socket.write(headOf(answer, ["Connection", "close"]), "latin1");
    answer.on("error", () => socket.destroy());
    answer.pipe(socket);
  });
  outgoing.on("upgrade", (answer, origin, first) => {
    const chosen = answer.headers.upgrade ?? upgrade;
    socket.write(headOf(answer, ["Connection", "Upgrade", "Upgrade", chosen]), "latin1");
    outgoing.setTimeout(0);
    if (first.length > 0) socket.write(first);
    if (head.length > 0) origin.write(head);
    origin.on("error", () => socket.destroy());
    origin.on("close", () => socket.destroy());
    socket.on("close", () => origin.destroy());
    socket.pipe(origin).pipe(socket);
  });
  outgoing.end();
}

function headOf(answer: IncomingMessage, more: readonly string[]): string {
  const lines = [...pairs([...endToEnd(answer.rawHeaders), ...more])].map(
    ([n, v]) => `${n}: ${v}\r\n`,
  );
  return `HTTP/1.1 ${answer.statusCode ?? 502} ${answer.statusMessage ?? ""}\r\n${lines.join("")}\r\n`;
}
