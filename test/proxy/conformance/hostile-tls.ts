/** Visitors who mean no good, by HTTPS: in the handshake, and behind it. */
import { once } from "node:events";
import type { Socket } from "node:net";
import { Duplex, Readable, Writable } from "node:stream";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { head } from "./case.ts";
import { type Attack, type Attacks, drip } from "./hostile.ts";
import { turns } from "./recording-origin.ts";

const GET = head("GET /a");
/** Of TLS's records (RFC 8446, section 5.1): a type, a version, a length, and then what it says. */
const record = (type: number, content: Buffer, length = content.length) =>
  Buffer.concat([Buffer.from([type, 3, 3, length >> 8, length & 0xff]), content]);
const [ALERT, HANDSHAKE] = [21, 22];
/** `no_certificate`, which only warns. */
const WARNING = record(ALERT, Buffer.from([1, 41]));
/** A hello that says it is 16 MB long. */
const ENDLESS = Buffer.concat([Buffer.from([1, 0xff, 0xff, 0xff]), Buffer.alloc(8000, 3)]);

/** What a client says first. */
const HELLO = await helloOf({ servername: "localhost", ALPNProtocols: ["h2", "http/1.1"] });

async function helloOf(options: ConnectionOptions): Promise<Buffer> {
  const said = Promise.withResolvers<Buffer>();
  const nobody = new Writable({
    write(bytes: Buffer, _, done) {
      said.resolve(bytes);
      done();
    },
  });
  const silence = new Readable({ read() {} });
  const client = connect({
    ...options,
    socket: Duplex.from({ writable: nobody, readable: silence }),
  });
  client.on("error", () => undefined);
  const hello = await said.promise;
  client.destroy();
  return hello;
}

/** Goes on with a TLS session. */
export function secured(
  how: (secure: TLSSocket, random: () => number) => Promise<void> | void,
  options: ConnectionOptions = {},
): Attack {
  return async (socket, random) => {
    const secure = handshake(socket, options);
    await once(secure, "secureConnect");
    await how(secure, random);
    return secure;
  };
}

function handshake(socket: Socket, options: ConnectionOptions = {}): TLSSocket {
  const secure = connect({ socket, rejectUnauthorized: false, ...options });
  return secure.on("error", () => undefined);
}

const noise = (length: number, random: () => number) =>
  Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));

export const TLS_ATTACKS: Attacks = {
  "says nothing": () => undefined,
  "sends half a hello": (socket) => void socket.write(HELLO.subarray(0, HELLO.length / 2)),
  "sends his hello byte by byte": (socket) =>
    drip(socket, "", ...Array.from(HELLO.subarray(0, 100), one)),
  "sends a hello and nothing more": (socket) => void socket.write(HELLO),
  "sends a hello and then noise": (socket, random) =>
    drip(socket, HELLO, record(HANDSHAKE, noise(300, random)), noise(300, random)),
  "sends two hellos": (socket) => drip(socket, HELLO, HELLO),
  "sends a hello that never ends": async (socket) => {
    for (let i = 0; i < 50 && !socket.destroyed; i++)
      await drip(socket, record(HANDSHAKE, i === 0 ? ENDLESS : ENDLESS.subarray(4)));
  },
  "sends records of no length": (socket) => {
    const nothing = record(HANDSHAKE, Buffer.alloc(0));
    return drip(socket, HELLO, ...Array.from({ length: 50 }, () => nothing));
  },
  "sends records that are too long": (socket) =>
    void socket.write(record(HANDSHAKE, Buffer.alloc(20_000), 65_535)),
  "warns again and again": (socket) => drip(socket, HELLO, ...Array<Buffer>(50).fill(WARNING)),
  "sends noise": (socket, random) => void socket.write(noise(1000, random)),
  "speaks plain HTTP": (socket) => void socket.write(GET),
  "ends his side within his hello": (socket) => void socket.end(HELLO.subarray(0, 60)),
  "breaks off in the handshake": async (socket) => {
    handshake(socket);
    await turns();
    socket.resetAndDestroy();
  },
  "breaks off when he gets the certificate": async (socket) => {
    socket.write(HELLO);
    await once(socket, "data");
    socket.resetAndDestroy();
  },
  "shakes hands and says nothing": secured(() => undefined),
  "shakes hands and breaks off": secured((secure) => void secure.destroy()),
  "asks for another handshake": secured(
    async (secure) => {
      for (let i = 0; i < 5; i++) {
        secure.renegotiate({ rejectUnauthorized: false }, () => undefined);
        await turns();
      }
    },
    { maxVersion: "TLSv1.2" },
  ),
  "sends his head in records of a byte": secured((secure) =>
    drip(secure, "", ...GET.slice(0, 30).split("")),
  ),
  "takes nothing of his answer": secured((secure) => {
    secure.pause();
    secure.write(head("GET /large"));
  }),
  "breaks off in his answer": secured(async (secure) => {
    secure.write(head("GET /large"));
    await once(secure, "data");
    secure.destroy();
  }),
  "spoils a record": async (socket, random) => {
    const secure = handshake(socket);
    await once(secure, "secureConnect");
    secure.write(GET);
    socket.write(record(23, noise(200, random)));
    return secure;
  },
};

function one(byte: number): Buffer {
  return Buffer.from([byte]);
}
