/** An origin that keeps every byte it gets, reads requests strictly, and says what a case wants it to say. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { OK, type Speech } from "./case.ts";
import { type Message, readRequest } from "./reference-parser.ts";

export interface RecordingOrigin extends AsyncDisposable {
  readonly url: string;
  /** All whole requests, in the order in which they became whole. */
  readonly requests: Message[];
  /** The bytes of each of them. */
  readonly bytes: readonly string[];
  readonly connections: readonly Recorded[];
  /** What came and is no request. */
  readonly faults: string[];
  /** What is said to the next requests. */
  script: (string | Speech)[];
}

export interface Recorded {
  readonly socket: Socket;
  /** What came behind the last whole request. */
  open: string;
  /** Said to the request in `open` already. */
  early: boolean;
  /** It has said that it will close. */
  closing: boolean;
}

/** Starts one on a free port. What is asked for as `/behind` gets an answer of its own. */
export async function recordingOrigin(): Promise<RecordingOrigin> {
  const connections: Recorded[] = [];
  const requests: Message[] = [];
  const faults: string[] = [];
  const bytes: string[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const connection: Recorded = { socket, open: "", early: false, closing: false };
    connections.push(connection);
    socket.on("error", () => undefined);
    socket.on("end", () => socket.end());
    socket.on("data", (piece: Buffer) => {
      if (connection.closing) faults.push("asked on a connection that was to be closed");
      connection.open += piece.toString("latin1");
      take(connection);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin: RecordingOrigin = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    bytes,
    connections,
    faults,
    script: [],
    async [Symbol.asyncDispose]() {
      for (const { socket } of connections) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
  return origin;

  function take(connection: Recorded): void {
    while (connection.open !== "") {
      const reading = readRequest(connection.open);
      if (reading.is === "fault") {
        faults.push(reading.fault);
        connection.socket.destroy();
        return;
      }
      if (reading.is === "part") {
        if (reading.head && !connection.early && isEarly(origin.script[0])) {
          connection.early = true;
          void say(connection, origin.script.shift());
        }
        return;
      }
      requests.push(reading.message);
      bytes.push(connection.open.slice(0, connection.open.length - reading.rest.length));
      connection.open = reading.rest;
      if (connection.early) connection.early = false;
      else if (reading.message.line.includes(" /behind ")) connection.socket.write(BEHIND);
      else void say(connection, origin.script.shift());
    }
  }
}

const BEHIND = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nbehind";

const CLOSING = /^HTTP\/1\.0 (?![^]*keep-alive)|^connection:[^\n]*\bclose\b/im;

function isEarly(speech: string | Speech | undefined): boolean {
  return typeof speech === "object" && speech.early === true;
}

async function say(connection: Recorded, speech: string | Speech = OK): Promise<void> {
  const { bytes, closing }: Speech = typeof speech === "string" ? { bytes: speech } : speech;
  const { socket } = connection;
  connection.closing = CLOSING.test([bytes].flat().join(""));
  for (const [i, piece] of [bytes].flat().entries()) {
    if (i > 0) await turns();
    if (piece !== "") socket.write(piece, "latin1");
  }
  if (closing === "end") socket.end();
  if (closing === "reset") {
    await turns();
    socket.resetAndDestroy();
  }
}

/** Long enough for the others of this process to read what was written to them. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 4; i++) await setImmediate();
}
