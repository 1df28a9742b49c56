import type { Socket } from "node:net";

/** Many times a full batch of hits. */
const LONGEST_LINE = 4 * 1024 * 1024;

/** Calls back with every line that comes until the socket is destroyed; a line that never ends closes the socket. */
export function readLines(socket: Socket, onLine: (line: string) => void): void {
  let parts: string[] = [];
  let length = 0;
  socket.setEncoding("utf8").on("data", (text: string) => {
    const lines = text.split("\n");
    const rest = lines.pop() ?? "";
    for (const line of lines) {
      if (socket.destroyed) return;
      onLine(parts.join("") + line);
      parts = [];
      length = 0;
    }
    parts.push(rest);
    length += rest.length;
    if (length > LONGEST_LINE) socket.destroy();
  });
}
