/** A visitor who writes bytes and waits for the end of the connection. */
import { once } from "node:events";
import { connect } from "node:net";
import { turns } from "./recording-origin.ts";

/** `never`: it was not ended in time. */
export type Ending = "end" | "reset" | "never";

/** What is longer than that is for ever. */
export const PATIENCE_MS = 4000;

/** Writes piece by piece, then perhaps ends its side; resolves when the other side has ended. */
export async function visit(
  port: number,
  pieces: readonly string[],
  closing?: "end",
): Promise<{ received: string; ending: Ending }> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
  let received = "";
  const ended = new Promise<Ending>((done) => {
    const patience = setTimeout(() => done("never"), PATIENCE_MS);
    const end = (how: Ending) => {
      clearTimeout(patience);
      done(how);
    };
    socket.on("data", (piece: Buffer) => (received += piece.toString("latin1")));
    socket.on("end", () => end("end"));
    socket.on("error", () => end("reset"));
    socket.on("close", () => end("reset"));
  });
  await once(socket, "connect");
  for (const [i, piece] of pieces.entries()) {
    if (i > 0) await turns();
    socket.write(piece, "latin1");
  }
  if (closing === "end") socket.end();
  const ending = await ended;
  socket.destroy();
  return { received, ending };
}
