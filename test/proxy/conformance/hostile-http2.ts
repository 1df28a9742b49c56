/** Visitors who mean no good, by HTTP/2. What a flood is cut for is in `http2-abuse.test.ts`; here many come at once. */
import { once } from "node:events";
import type { TLSSocket } from "node:tls";
import * as h2 from "../frames.ts";
import type { Attack, Attacks } from "./hostile.ts";
import { secured } from "./hostile-tls.ts";
import { turns } from "./recording-origin.ts";

const CANCEL = h2.number(8);

/** SETTINGS_HEADER_TABLE_SIZE (1), SETTINGS_INITIAL_WINDOW_SIZE (4). */
const setting = (name: number, value: number) =>
  Buffer.concat([Buffer.from([0, name]), h2.number(value)]);
const head = (stream: number, path = "/a") =>
  h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, stream, h2.request(path));
const openHead = (stream: number) =>
  h2.frame(h2.HEADERS, h2.END_HEADERS, stream, h2.request("/a", "POST"));
/** Streams are the visitor's when their numbers are odd. */
const streams = (count: number) => Array.from({ length: count }, (_, i) => 2 * i + 1);

/** Says hello with these settings, and then this. */
function speaking(
  how: (socket: TLSSocket, random: () => number) => Promise<void> | void,
  settings?: Buffer,
): Attack {
  return secured(
    (socket, random) => {
      socket.write(h2.hello(settings));
      return how(socket, random);
    },
    { ALPNProtocols: ["h2"] },
  );
}

/** Writes the same again and again until the edge has enough, at most so often. */
async function flood(socket: TLSSocket, times: number, ...frames: readonly Buffer[]) {
  const bytes = Buffer.concat(frames);
  socket.resume();
  for (let i = 0; i < times && !socket.destroyed; i++) {
    socket.write(bytes);
    if (i % 16 === 0) await turns();
  }
}

export const HTTP2_ATTACKS: Attacks = {
  "says nothing": secured(() => undefined, { ALPNProtocols: ["h2"] }),
  "says half of hello": secured((socket) => void socket.write(h2.hello().subarray(0, 10)), {
    ALPNProtocols: ["h2"],
  }),
  "says no more than hello": speaking(() => undefined),
  "asks and takes it back": speaking((socket) => {
    const each = streams(400).map((id) => [head(id), h2.frame(h2.RST_STREAM, 0, id, CANCEL)]);
    socket.write(Buffer.concat(each.flat()));
  }),
  "never ends a head": speaking(async (socket) => {
    socket.write(h2.frame(h2.HEADERS, h2.END_STREAM, 1, h2.request("/a")));
    const more = h2.fields(["x-more", "y".repeat(100)]);
    await flood(socket, 200, h2.frame(h2.CONTINUATION, 0, 1, more));
  }),
  "sends settings without end": speaking((socket) =>
    flood(socket, 100, ...Array<Buffer>(100).fill(h2.frame(h2.SETTINGS, 0, 0, setting(4, 70_000)))),
  ),
  "pings without end": speaking((socket) =>
    flood(socket, 100, ...Array<Buffer>(100).fill(h2.frame(h2.PING, 0, 0, Buffer.alloc(8)))),
  ),
  "takes nothing of many answers": speaking(
    (socket) => {
      socket.write(Buffer.concat(streams(20).map((id) => head(id, "/large"))));
    },
    setting(4, 0),
  ),
  "takes his answers byte by byte": speaking(
    async (socket) => {
      socket.write(Buffer.concat(streams(5).map((id) => head(id, "/large"))));
      const each = streams(5).map((id) => h2.frame(h2.WINDOW_UPDATE, 0, id, h2.number(1)));
      await flood(socket, 100, ...each);
    },
    setting(4, 1),
  ),
  "opens windows that are too large": speaking((socket) => {
    const most = h2.frame(h2.WINDOW_UPDATE, 0, 1, h2.number(0x7fffffff));
    socket.write(Buffer.concat([head(1, "/large"), most, most]));
  }),
  "wants a table of 4 GB": speaking((socket) => void socket.write(head(1)), setting(1, 0xffffffff)),
  "makes his own table large": speaking((socket) => {
    // A size update to a gigabyte (RFC 7541, section 6.3).
    const update = Buffer.from([0x3f, 0xe1, 0xff, 0xff, 0xff, 0x03]);
    const block = Buffer.concat([update, h2.request("/a")]);
    socket.write(h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, 1, block));
  }),
  "fills the table with fields": speaking((socket, random) => {
    const field = () => {
      const value = `${random()}`.padEnd(100, "z");
      return Buffer.concat([
        Buffer.from([0x40, 3]),
        Buffer.from("x-y"),
        Buffer.from([100]),
        Buffer.from(value),
      ]);
    };
    const each = streams(30).map((id) => {
      const block = Buffer.concat([h2.request("/a"), ...Array.from({ length: 40 }, field)]);
      return h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, id, block);
    });
    socket.write(Buffer.concat(each));
  }),
  "leaves requests half open": speaking((socket) => {
    socket.write(Buffer.concat(streams(50).map(openHead)));
  }),
  "sends bodies of padding": speaking(async (socket) => {
    socket.write(openHead(1));
    const padding = Buffer.concat([Buffer.from([255]), Buffer.alloc(255)]);
    await flood(socket, 500, h2.frame(h2.DATA, h2.PADDED, 1, padding));
  }),
  "sends frames at random": speaking((socket, random) => {
    const any = (below: number) => Math.floor(random() * below);
    const frames = Array.from({ length: 100 }, () => {
      const payload = Buffer.from(Array.from({ length: any(40) }, () => any(256)));
      return h2.frame(any(12), any(256), any(20), payload);
    });
    socket.write(Buffer.concat(frames));
  }),
  "says good-bye and stays": speaking((socket) => {
    socket.write(Buffer.concat([head(1), h2.frame(h2.GOAWAY, 0, 0, Buffer.alloc(8))]));
  }),
  "breaks off anywhere": speaking(async (socket, random) => {
    const all = Buffer.concat(
      streams(20).flatMap((id) => [openHead(id), h2.frame(h2.DATA, 0, id, Buffer.alloc(500))]),
    );
    socket.write(all.subarray(0, random() * all.length));
    if (random() < 0.5) await turns();
    socket.destroy();
  }),
  "breaks off in his answers": speaking(async (socket) => {
    socket.write(Buffer.concat(streams(10).map((id) => head(id, "/large"))));
    await once(socket, "data");
    socket.destroy();
  }),
};
