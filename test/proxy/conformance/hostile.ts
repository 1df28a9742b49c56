/** Visitors who mean no good: each takes a connection and keeps it until the edge has enough of him, or breaks off. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { head } from "./case.ts";
import { turns } from "./recording-origin.ts";

const GET = head("GET /a");
const UPLOAD = head("POST /a", "Content-Length: 1000000");
const CHUNKS = head("POST /a", "Transfer-Encoding: chunked");

const bytesOf = (text: string) => text.split("");

/** What one does with his connection; the socket that it reads from, when that is another. */
export type Attack = (socket: Socket, random: () => number) => Promise<Socket | void> | void;
export type Attacks = Readonly<Record<string, Attack>>;

export const ATTACKS: Attacks = {
  "says nothing": () => undefined,
  "sends his head field by field": (socket) =>
    drip(socket, "GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\n", "X: y\r\n"),
  "sends his head byte by byte": (socket) =>
    drip(socket, "", ...bytesOf("GET /a HTTP/1.1\r\nHost:")),
  "sends his body byte by byte": (socket) => drip(socket, UPLOAD, ...bytesOf("drip drip")),
  "sends chunks of a byte": (socket) =>
    drip(socket, CHUNKS, "1\r\nx\r\n", "1\r\nx\r\n", "1\r\nx\r\n"),
  "never ends an extension": (socket) => drip(socket, CHUNKS, "1;", ...bytesOf("aaaaaaaa")),
  "never ends his trailers": (socket) => drip(socket, `${CHUNKS}0\r\n`, "X: y\r\n", "X: y\r\n"),
  "takes nothing of his answer": (socket) => {
    socket.pause();
    socket.write(head("GET /large"));
  },
  "asks much at once and takes nothing": (socket) => {
    socket.pause();
    socket.write(head("GET /large").repeat(50));
  },
  "ends his side at once": (socket) => void socket.end(),
  "ends his side within a head": (socket) => void socket.end(GET.slice(0, 20)),
  "sends what is no HTTP": (socket) => void socket.write("\x16\x03\x01\x02\0\x01\0".repeat(40)),
  "breaks off anywhere": async (socket, random) => {
    const bytes = GET + UPLOAD;
    socket.write(bytes.slice(0, random() * bytes.length));
    if (random() < 0.5) await turns();
    socket.resetAndDestroy();
  },
  "breaks off in his answer": async (socket) => {
    socket.write(head("GET /large"));
    await once(socket, "data");
    socket.resetAndDestroy();
  },
  "breaks off before his answer": (socket) => {
    socket.write(head("GET /silent"));
    setTimeout(() => socket.resetAndDestroy(), 50);
  },
};

/** Lets so many of each kind loose at once; resolves when all of their connections are gone. */
export async function attack(
  port: number,
  ofEach: number,
  random: () => number,
  attacks: Attacks = ATTACKS,
): Promise<number> {
  const all = Object.values(attacks).flatMap((how) =>
    Array.from({ length: ofEach }, async () => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      const gone = new Promise((done) => socket.once("close", done));
      socket.on("error", () => undefined);
      // Cut off while he waits for something, he has what he deserves.
      const played = once(socket, "connect").then(() => how(socket, random));
      const reader = await Promise.race([gone, played.catch(() => gone)]);
      const reads = reader instanceof Object ? (reader as Socket) : socket;
      // Who reads nothing does not see the end either.
      if (reads.isPaused()) setTimeout(() => socket.destroy(), LOSES_PATIENCE_MS);
      else reads.resume();
      await gone;
    }),
  );
  await Promise.all(all);
  return all.length;
}

/** Longer than the edge waits for a reader. */
const LOSES_PATIENCE_MS = 700;

/** Writes piece by piece, each as a packet of its own. */
export async function drip(
  socket: Socket,
  first: string | Buffer,
  ...drops: readonly (string | Buffer)[]
): Promise<void> {
  socket.write(first);
  for (const drop of drops) {
    await turns();
    if (!socket.destroyed) socket.write(drop);
  }
}
