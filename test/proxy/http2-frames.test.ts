/** What is beyond well-behaved programs: windows that shrink, heads in parts, and frames in any order. */
import { connect, constants } from "node:http2";
import * as fc from "fast-check";
import t from "tap";
import { until } from "../until.ts";
import { rawOrigin, sayingAlways } from "./data-path-stand.ts";
import * as h2 from "./frames.ts";
import { ask, secureStandBefore } from "./secure-stand.ts";

const get = (stream: number, path = "/") =>
  h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, stream, h2.request(path));
const initialWindow = (size: number) => Buffer.concat([Buffer.from([0, 4]), h2.number(size)]);

t.test("a window that becomes smaller may be less than nothing (RFC 9113, 6.9.2)", async (t) => {
  await using origin = await sayingAlways(
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789",
  );
  await using stand = await secureStandBefore([origin.url]);
  const peer = h2.rawPeer(await stand.secure({ ALPNProtocols: ["h2"] }), initialWindow(5));
  const body = () => {
    const frames = peer.seen.filter(({ type }) => type === h2.DATA);
    return frames.map(({ payload }) => payload.toString()).join("");
  };
  peer.send(get(1));
  await until("what the window allows", () => body() === "01234");
  // Two less than nothing, then two more than nothing.
  peer.send(h2.frame(h2.SETTINGS, 0, 0, initialWindow(3)));
  peer.send(h2.frame(h2.WINDOW_UPDATE, 0, 1, h2.number(4)));
  await until("two more", () => body() === "0123456");
  peer.send(h2.frame(h2.SETTINGS, 0, 0, initialWindow(100)));
  const last = await until("the end", () =>
    peer.seen.find(({ type, flags }) => type === h2.DATA && flags === h2.END_STREAM),
  );
  t.equal(last.stream, 1);
  t.equal(body(), "0123456789");
});

t.test("a head that is larger than a frame goes in several", async (t) => {
  const large = "x".repeat(30_000);
  await using origin = await sayingAlways(
    `HTTP/1.1 200 OK\r\nX-Large: ${large}\r\nContent-Length: 2\r\n\r\nok`,
  );
  await using stand = await secureStandBefore([origin.url]);
  const session = connect(`https://127.0.0.1:${stand.securePort}`, {
    rejectUnauthorized: false,
    settings: { maxHeaderListSize: 100_000 },
  });
  t.match(await ask(session, { ":path": "/" }), {
    status: 200,
    headers: { "x-large": large, "content-length": "2" },
    reset: 0,
  });
  session.destroy();
});

/** An origin that has nothing to say, and all that it has heard. */
async function hearing() {
  let heard = "";
  const origin = await rawOrigin((c) => {
    if (!c.received.endsWith("\r\n\r\n")) return;
    heard += c.received;
    c.received = "";
    c.socket.write("HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 0\r\n\r\n");
  });
  return { ...origin, heard: () => heard };
}

t.test("a visitor who keeps no table, and one who sends every byte there is", async (t) => {
  await using origin = await hearing();
  await using stand = await secureStandBefore([origin.url]);
  const session = connect(`https://127.0.0.1:${stand.securePort}`, {
    rejectUnauthorized: false,
    settings: { headerTableSize: 0 },
  });
  const value = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join("");
  for (let i = 0; i < 3; i++) {
    const answer = await ask(session, { ":path": "/", "x-all": value });
    t.match(answer, { status: 200, headers: { "x-a": "b" }, reset: 0 });
  }
  t.equal(origin.heard().split(`x-all: ${value}\r\n`).length, 4);
  session.destroy();
});

t.test("streams of several hosts and browsers on one connection are not mixed up", async (t) => {
  await using origin = await hearing();
  await using stand = await secureStandBefore([origin.url]);
  const session = stand.visit();
  const hosts = ["127.0.0.1", "other.example"];
  const answers = await Promise.all(
    Array.from({ length: 42 }, (_, i) => {
      const who = { ":authority": hosts[i % 2] ?? "", "user-agent": `a${i % 3}` };
      return ask(session, { ":path": `/${i}`, ...who });
    }),
  );
  t.same(
    answers.map(({ status }) => status),
    answers.map((_, i) => (i % 2 === 0 ? 200 : 421)),
  );
  const asked = [...origin.heard().matchAll(/GET \/(\d+) ([^]*?)\r\n\r\n/g)];
  t.equal(asked.length, 21);
  for (const [, path, fields = ""] of asked) {
    t.match(`${fields}\r\n`, `user-agent: a${Number(path) % 3}\r\n`);
  }
});

t.test("frames in any order do no harm", async (t) => {
  await using origin = await sayingAlways("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  await using stand = await secureStandBefore([origin.url]);
  const streams = fc.constantFrom(0, 1, 2, 3, 5, 7);
  const frames = fc.oneof(
    streams.map((id) => get(id)),
    streams.map((id) => h2.frame(h2.HEADERS, h2.END_HEADERS, id, h2.request("/", "POST"))),
    streams.map((id) => h2.frame(h2.HEADERS, 0, id, h2.request("/"))),
    fc
      .tuple(streams, fc.nat({ max: 15 }))
      .map(([id, flags]) => h2.frame(h2.DATA, flags, id, Buffer.from("\x01body"))),
    fc
      .tuple(streams, fc.nat({ max: 0x7fff_ffff }))
      .map(([id, by]) => h2.frame(h2.WINDOW_UPDATE, 0, id, h2.number(by))),
    streams.map((id) => h2.frame(h2.RST_STREAM, 0, id, h2.number(8))),
    streams.map((id) => h2.frame(h2.PRIORITY, 0, id, Buffer.alloc(5))),
    fc.nat({ max: 0x7fff_ffff }).map((size) => h2.frame(h2.SETTINGS, 0, 0, initialWindow(size))),
    fc
      .tuple(fc.nat({ max: 12 }), fc.nat({ max: 255 }), streams, fc.uint8Array({ maxLength: 40 }))
      .map(([type, flags, id, payload]) => h2.frame(type, flags, id, Buffer.from(payload))),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(frames, { minLength: 1, maxLength: 30 }), async (all) => {
      const socket = await stand.secure({ ALPNProtocols: ["h2"] });
      const peer = h2.rawPeer(socket);
      for (const one of all) peer.send(one);
      socket.end();
      await peer.end();
    }),
    { numRuns: 150 },
  );
  t.match(await ask(stand.visit(), { ":path": "/" }), {
    status: 200,
    reset: constants.NGHTTP2_NO_ERROR,
  });
  await until("all to be gone but the last", () => stand.open() === 1);
});
