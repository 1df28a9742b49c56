/** What HTTP/2 offers to those who want to do harm: the connection ends, others go on, and memory stays as it was. */
import t from "tap";
import { LIMITS } from "../../src/proxy/limits.ts";
import { FakeClock } from "../fake-clock.ts";
import { until } from "../until.ts";
import { rawOrigin, sayingAlways } from "./data-path-stand.ts";
import * as h2 from "./frames.ts";
import { ask, type SecureStand, secureStandBefore } from "./secure-stand.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

async function peerOf(stand: SecureStand, settings?: Buffer) {
  return h2.rawPeer(await stand.secure({ ALPNProtocols: ["h2"] }), settings);
}

async function othersGoOn(
  t: { match(a: unknown, b: unknown, c: string): unknown },
  stand: SecureStand,
): Promise<void> {
  t.match(await ask(stand.visit(), { ":path": "/" }), { status: 200, reset: 0 }, "others go on");
}

/** SETTINGS_INITIAL_WINDOW_SIZE (RFC 9113, section 6.5.2). */
const initialWindow = (bytes: number) => Buffer.concat([Buffer.from([0, 4]), h2.number(bytes)]);

const get = (stream: number) =>
  h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, stream, h2.request("/"));

t.test("rapid reset (CVE-2023-44487)", async (t) => {
  await using origin = await sayingAlways(OK);
  const http2 = { ...LIMITS.http2, resetsPerSecond: 0 };
  await using stand = await secureStandBefore([origin.url], { limits: { http2 } });
  const peer = await peerOf(stand);
  let stream = 1;
  for (let i = 0; i < 2000 && !peer.ended; i++, stream += 2) {
    peer.send(get(stream), h2.frame(h2.RST_STREAM, 0, stream, h2.number(8)));
  }
  await peer.end();
  t.same(stand.counted.slice(1), ["resets"]);
  t.ok(origin.connections.length <= LIMITS.http2.resets + 1, "the origin has seen few of them");
  await othersGoOn(t, stand);
});

t.test("rapid reset, each after the request has gone to the origin", async (t) => {
  let asked = 0;
  await using origin = await rawOrigin(() => void asked++);
  const http2 = { ...LIMITS.http2, resets: 20, resetsPerSecond: 0 };
  await using stand = await secureStandBefore([origin.url], { limits: { http2 } });
  const peer = await peerOf(stand);
  for (let i = 0; !peer.ended && i < 100; i++) {
    peer.send(get(2 * i + 1));
    await until("the origin to be asked", () => peer.ended || asked > i);
    peer.send(h2.frame(h2.RST_STREAM, 0, 2 * i + 1, h2.number(8)));
  }
  await peer.end();
  t.same(stand.counted.slice(1), ["resets"]);
  t.equal(asked, 21);
});

t.test("resets that we are made to send (CVE-2025-8671)", async (t) => {
  await using origin = await rawOrigin(() => undefined);
  for (const [what, harm] of Object.entries({
    "a window of nothing more": (stream: number) =>
      h2.frame(h2.WINDOW_UPDATE, 0, stream, h2.number(0)),
    "a window that is too large": (stream: number) =>
      h2.frame(h2.WINDOW_UPDATE, 0, stream, h2.number(0x7fffffff)),
    "a body behind the end": (stream: number) => h2.frame(h2.DATA, 0, stream, Buffer.from("more")),
    "a head behind the end": (stream: number) =>
      h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, stream, h2.request("/")),
    "a stream that depends on itself": (stream: number) =>
      h2.frame(h2.PRIORITY, 0, stream, Buffer.concat([h2.number(stream), Buffer.from([1])])),
  })) {
    await using stand = await secureStandBefore([origin.url]);
    const peer = await peerOf(stand);
    for (let stream = 1; stream < 4000 && !peer.ended; stream += 2) {
      peer.send(get(stream), harm(stream));
      if (stream % 64 === 1) await new Promise((resolve) => setImmediate(resolve));
    }
    await peer.end();
    t.match(stand.counted[1], /^(resets|protocol)$/, what);
  }
});

t.test("a head that never ends (CVE-2024-27316)", async (t) => {
  await using origin = await sayingAlways(OK);
  await using stand = await secureStandBefore([origin.url]);
  const peer = await peerOf(stand);
  peer.send(h2.frame(h2.HEADERS, h2.END_STREAM, 1, h2.request("/")));
  const more = h2.frame(h2.CONTINUATION, 0, 1, h2.fields(["x-more", "y".repeat(100)]));
  await peer.flood(more, 100_000);
  await peer.end();
  t.same(stand.counted.slice(1), ["protocol"]);
  t.same(stand.access, []);
  await othersGoOn(t, stand);
});

t.test("a small head that becomes a large one (HPACK bomb)", async (t) => {
  await using origin = await sayingAlways(OK);
  await using stand = await secureStandBefore([origin.url]);
  const peer = await peerOf(stand);
  const before = process.memoryUsage().rss;
  // A field of 3,900 bytes into the table, and then two thousand times by its number.
  const value = Buffer.alloc(3900, "z");
  const literal = Buffer.concat([
    Buffer.from([0x40, 1]),
    Buffer.from("x"),
    Buffer.from([0x7f, ((3900 - 127) % 128) | 128, Math.floor((3900 - 127) / 128)]),
    value,
  ]);
  for (let stream = 1; stream < 400 && !peer.ended; stream += 2) {
    const bomb = [h2.request("/"), ...(stream === 1 ? [literal] : []), Buffer.alloc(2000, 0xbe)];
    peer.send(h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, stream, Buffer.concat(bomb)));
  }
  await until("an answer", () => peer.ended || peer.seen.some((f) => f.type === h2.RST_STREAM));
  t.same(stand.access, [], "none of them was served");
  t.ok(process.memoryUsage().rss - before < 100_000_000, "memory");
  await othersGoOn(t, stand);
});

t.test("floods of frames that carry nothing", async (t) => {
  await using origin = await rawOrigin(({ received, socket }) => {
    if (!received.includes("/open")) socket.write(OK);
  });
  const open = h2.frame(h2.HEADERS, h2.END_HEADERS, 1, h2.request("/open", "POST"));
  const floods: Record<string, Buffer> = {
    PING: h2.frame(h2.PING, 0, 0, Buffer.alloc(8)),
    "PING acknowledged": h2.frame(h2.PING, 1, 0, Buffer.alloc(8)),
    SETTINGS: h2.frame(h2.SETTINGS, 0, 0),
    PRIORITY: h2.frame(h2.PRIORITY, 0, 1, Buffer.concat([h2.number(0), Buffer.from([1])])),
    WINDOW_UPDATE: h2.frame(h2.WINDOW_UPDATE, 0, 0, h2.number(1)),
    "empty DATA": h2.frame(h2.DATA, 0, 1),
    "DATA of padding alone": h2.frame(
      h2.DATA,
      8,
      1,
      Buffer.concat([Buffer.from([255]), Buffer.alloc(255)]),
    ),
    "frames of no known type": h2.frame(0x50, 0, 0, Buffer.alloc(100)),
  };
  for (const [what, one] of Object.entries(floods)) {
    await using stand = await secureStandBefore([origin.url]);
    const peer = await peerOf(stand);
    peer.send(open);
    const before = process.memoryUsage().rss;
    await peer.flood(Buffer.concat(Array.from({ length: 1000 }, () => one)), 20_000);
    await peer.end();
    t.match(stand.counted[1], /^(overhead|protocol)$/, `${what}: ${stand.counted[1] ?? ""}`);
    t.ok(process.memoryUsage().rss - before < 150_000_000, `${what}: memory`);
    await othersGoOn(t, stand);
  }
});

t.test("more requests at once than were allowed", async (t) => {
  await using origin = await rawOrigin(() => undefined);
  await using stand = await secureStandBefore([origin.url]);
  const peer = await peerOf(stand);
  await peer.has(h2.SETTINGS, 0);
  const most = LIMITS.http2.streams;
  for (let i = 0; i < most + 5; i++) peer.send(get(2 * i + 1));
  await peer.has(h2.RST_STREAM, 2 * most + 1);
  await until("the others", () => stand.open() === 1 && origin.connections.length === most);
  t.notOk(peer.seen.some((f) => f.type === h2.RST_STREAM && f.stream < 2 * most));
});

t.test("readers who open no window", async (t) => {
  const piece = Buffer.alloc(65_536, "d");
  let sent = 0;
  await using origin = await rawOrigin(({ received, socket }) => {
    if (!received.includes("/big")) {
      socket.write(OK);
      return;
    }
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
    const more = () => {
      for (let i = 0; i < 1500; i++) {
        sent += piece.length;
        if (!socket.write(piece)) return;
      }
    };
    socket.on("drain", more);
    more();
  });
  await using stand = await secureStandBefore([origin.url]);
  const peer = await peerOf(stand, initialWindow(0));
  const before = process.memoryUsage().rss;
  const big = h2.request("/big");
  for (let i = 0; i < LIMITS.http2.streams; i++) {
    peer.send(h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, 2 * i + 1, big));
  }
  await peer.has(h2.HEADERS, 2 * LIMITS.http2.streams - 1);
  await othersGoOn(t, stand);
  // What the kernel keeps for a hundred connections to the origin is not ours.
  const grown = process.memoryUsage().rss - before;
  t.ok(grown < 300_000_000, `${grown} bytes more, with the origin in the same process`);
  t.notOk(
    peer.seen.some((f) => f.type === h2.DATA),
    "nothing was sent",
  );
});

t.test("readers who take nothing of answers that are whole", async (t) => {
  const body = "d".repeat(40_000);
  await using origin = await sayingAlways(
    `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  const clock = new FakeClock();
  await using stand = await secureStandBefore([origin.url], { clock });
  // Nothing of any stream, and more of each than all of them together may have.
  for (const [i, window] of [0, 60_000].entries()) {
    const peer = await peerOf(stand, initialWindow(window));
    peer.send(get(1), get(3), get(5));
    await until("the answers", () => stand.access.length === 3 * (i + 1));
    clock.advance(LIMITS.readerStallMs - 10_000);
    await othersGoOn(t, stand);
    t.notOk(
      peer.seen.some((f) => f.type === h2.RST_STREAM),
      "he is given time",
    );
    clock.advance(20_000);
    const { payload } = await peer.has(h2.RST_STREAM, 5);
    t.equal(payload.readUInt32BE(), 8, "CANCEL");
    clock.advance(LIMITS.idleMs + 10_000);
    await peer.end();
    await until("all to be gone", () => stand.open() === 0);
    stand.access.pop();
  }
});

t.test("readers who take an answer byte by byte", async (t) => {
  await using origin = await sayingAlways(OK);
  const clock = new FakeClock();
  await using stand = await secureStandBefore([origin.url], { clock });
  const peer = await peerOf(stand, initialWindow(0));
  peer.send(get(1));
  await until("the answer", () => stand.access.length === 1);
  for (const byte of "ok") {
    clock.advance(LIMITS.readerStallMs - 10_000);
    peer.send(h2.frame(h2.WINDOW_UPDATE, 0, 1, h2.number(1)));
    await until("a byte", () => peer.seen.some((f) => String(f.payload) === byte));
  }
  t.ok(peer.seen.some((f) => f.type === h2.DATA && f.flags === h2.END_STREAM));
  t.notOk(peer.seen.some((f) => f.type === h2.RST_STREAM));
});

t.test(
  "a connection is used for so many requests, then the visitor is asked to come again",
  async (t) => {
    await using origin = await sayingAlways(OK);
    const http2 = { ...LIMITS.http2, requests: 5 };
    await using stand = await secureStandBefore([origin.url], { limits: { http2 } });
    const session = stand.visit();
    for (let i = 0; i < 5; i++) {
      t.match(await ask(session, { ":path": `/${i}` }), { status: 200, reset: 0 });
    }
    await until("the end", () => session.closed || session.destroyed);
    t.same(stand.counted.slice(1), [], "that is no abuse");
    await othersGoOn(t, stand);
  },
);

t.test("who says nothing, and who says nothing more", async (t) => {
  await using origin = await sayingAlways(OK);
  await using stand = await secureStandBefore([origin.url], {
    limits: { headMs: 200, idleMs: 400 },
  });
  const silent = await stand.secure({ ALPNProtocols: ["h2"] });
  silent.resume();
  const halfway = await peerOf(stand);
  halfway.send(h2.frame(h2.HEADERS, h2.END_STREAM, 1, h2.request("/")));
  const session = stand.visit();
  t.match(await ask(session, { ":path": "/" }), { status: 200, reset: 0 });
  await until("all to be gone", () => stand.open() === 0);
  t.ok(session.closed || session.destroyed);
});
