/** Frames of HTTP/2 byte by byte (RFC 9113, section 4.1), for visitors who do not keep to the rules. */
import type { TLSSocket } from "node:tls";
import { until } from "../until.ts";

export const DATA = 0;
export const HEADERS = 1;
export const PRIORITY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

export const END_STREAM = 1;
export const END_HEADERS = 4;
export const PADDED = 8;

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
) {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Fields as literals that are not indexed (RFC 7541, section 6.2.2); lengths below 127. */
export function fields(...pairs: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(
    pairs.map(([name, value]) =>
      Buffer.concat([
        Buffer.from([0, name.length]),
        Buffer.from(name),
        Buffer.from([value.length]),
        Buffer.from(value),
      ]),
    ),
  );
}

export function request(path: string, method = "GET", ...more: (readonly [string, string])[]) {
  return fields(
    [":method", method],
    [":scheme", "https"],
    [":authority", "127.0.0.1"],
    [":path", path],
    ...more,
  );
}

/** What a client says first: the preface, and its settings (RFC 9113, section 3.4). */
export function hello(settings?: Buffer): Buffer {
  const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  return Buffer.concat([preface, frame(SETTINGS, 0, 0, settings)]);
}

/** Says hello, and looks at the frames that come back. */
export function rawPeer(socket: TLSSocket, settings?: Buffer) {
  const seen: { type: number; flags: number; stream: number; payload: Buffer }[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let ended = false;
  socket.on("data", (piece: Buffer) => {
    rest = Buffer.concat([rest, piece]);
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      const end = 9 + rest.readUIntBE(0, 3);
      const [type = 0, flags = 0] = rest.subarray(3, 5);
      seen.push({ type, flags, stream: rest.readUInt32BE(5), payload: rest.subarray(9, end) });
      rest = rest.subarray(end);
    }
  });
  socket.on("error", () => undefined);
  socket.on("close", () => (ended = true));
  socket.write(hello(settings));
  return {
    seen,
    send: (...frames: readonly Buffer[]) => socket.write(Buffer.concat(frames)),
    has: (type: number, stream: number) =>
      until(`a frame ${type} of ${stream}`, () =>
        seen.find((f) => f.type === type && f.stream === stream),
      ),
    get ended() {
      return ended;
    },
    end: () => until("the end", () => ended),
    /** Writes the same frames again and again until the connection ends or so many have been sent. */
    async flood(frames: Buffer, times: number): Promise<void> {
      for (let i = 0; i < times && !ended; i++) {
        if (!socket.write(frames)) {
          await new Promise<void>((resolve) => {
            const done = () => {
              socket.off("drain", done).off("close", done);
              resolve();
            };
            socket.on("drain", done).on("close", done);
          });
        }
      }
    },
  };
}
