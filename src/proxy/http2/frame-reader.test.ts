import * as fc from "fast-check";
import t from "tap";
import { frame } from "../../../test/proxy/frames.ts";
import { type Frame, FrameError, FrameReader } from "./frame-reader.ts";
import * as h2 from "./frames.ts";

const GREETING = Buffer.concat([h2.PREFACE, frame(h2.SETTINGS, 0, 0)]);

/** What a reader tells of bytes that come in these pieces, and how it fails. */
function read(bytes: Buffer, cuts: readonly number[] = []): unknown[] {
  const told: unknown[] = [];
  const reader = new FrameReader(1000, ({ type, flags, stream, dependsOn, ...f }: Frame) => {
    const content = f.bytes.toString("latin1", f.content, f.contentEnd);
    told.push([type, flags, stream, dependsOn, content]);
  });
  const ends = [...cuts.map((cut) => cut % bytes.length), bytes.length].toSorted((a, b) => a - b);
  let start = 0;
  try {
    for (const end of ends) {
      reader.read(bytes, start, end);
      start = end;
    }
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    told.push(error.code);
  }
  return told;
}

t.test("frames come out as they were meant, in whatever pieces they come", (t) => {
  const text = (length: number) => Buffer.alloc(length, "text");
  const bytes = Buffer.concat([
    GREETING,
    frame(h2.HEADERS, h2.END_HEADERS, 1, text(10)),
    frame(h2.HEADERS, h2.PADDED | h2.WITH_PRIORITY, 3, Buffer.from("\x02\0\0\0\x01\x05head\0\0")),
    frame(h2.CONTINUATION, 0, 3, Buffer.from(" and ")),
    frame(h2.CONTINUATION, h2.END_HEADERS, 3, Buffer.from("tail")),
    frame(h2.DATA, h2.PADDED | h2.END_STREAM, 1, Buffer.from("\x03body\0\0\0")),
    frame(h2.DATA, 0, 3, text(h2.MOST_PAYLOAD)),
    frame(0x77, 0, 0, text(3)),
  ]);
  const expected = [
    [h2.SETTINGS, 0, 0, -1, ""],
    [h2.HEADERS, h2.END_HEADERS, 1, -1, text(10).toString()],
    [h2.HEADERS, h2.PADDED | h2.WITH_PRIORITY, 3, 1, "head and tail"],
    [h2.DATA, h2.PADDED | h2.END_STREAM, 1, -1, "body"],
    [h2.DATA, 0, 3, -1, text(h2.MOST_PAYLOAD).toString()],
    [0x77, 0, 0, -1, "tex"],
  ];
  t.same(read(bytes), expected);
  t.same(
    read(
      bytes,
      Array.from({ length: 200 }, (_, i) => i),
    ),
    expected,
    "byte by byte",
  );
  fc.assert(
    fc.property(fc.array(fc.nat({ max: bytes.length - 1 }), { maxLength: 12 }), (cuts) => {
      t.same(read(bytes, cuts), expected);
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test("what is no connection of HTTP/2", (t) => {
  const head = frame(h2.HEADERS, 0, 1, Buffer.from("a"));
  for (const [what, [code, ...frames]] of Object.entries<[number, ...Buffer[]]>({
    "another greeting": [h2.PROTOCOL_ERROR, Buffer.from("GET / HTTP/1.1\r\n")],
    "no settings first": [h2.PROTOCOL_ERROR, h2.PREFACE, frame(h2.PING, 0, 0, Buffer.alloc(8))],
    "a frame that is too long": [
      h2.FRAME_SIZE_ERROR,
      GREETING,
      frame(h2.DATA, 0, 1, Buffer.alloc(h2.MOST_PAYLOAD + 1)),
    ],
    "more padding than there is": [
      h2.PROTOCOL_ERROR,
      GREETING,
      frame(h2.DATA, h2.PADDED, 1, Buffer.from("\x05body")),
    ],
    "padding of nothing": [h2.FRAME_SIZE_ERROR, GREETING, frame(h2.DATA, h2.PADDED, 1)],
    "a priority that is cut off": [
      h2.FRAME_SIZE_ERROR,
      GREETING,
      frame(h2.HEADERS, h2.WITH_PRIORITY, 1, Buffer.from("abc")),
    ],
    "something between the parts of a head": [
      h2.PROTOCOL_ERROR,
      GREETING,
      head,
      frame(h2.PING, 0, 0, Buffer.alloc(8)),
    ],
    "the rest of another head": [
      h2.PROTOCOL_ERROR,
      GREETING,
      head,
      frame(h2.CONTINUATION, h2.END_HEADERS, 3),
    ],
    "the rest of none": [h2.PROTOCOL_ERROR, GREETING, frame(h2.CONTINUATION, 0, 1)],
    "a head that grows": [
      h2.ENHANCE_YOUR_CALM,
      GREETING,
      head,
      frame(h2.CONTINUATION, 0, 1, Buffer.alloc(1000)),
    ],
    "a head of many empty parts": [
      h2.ENHANCE_YOUR_CALM,
      GREETING,
      head,
      ...Array.from({ length: 20 }, () => frame(h2.CONTINUATION, 0, 1)),
    ],
  })) {
    t.equal(read(Buffer.concat(frames)).at(-1), code, what);
  }
  t.end();
});

t.test("any bytes are frames, or none", (t) => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.nat({ max: 12 }), fc.nat({ max: 255 }), fc.nat({ max: 9 }), fc.uint8Array()),
      ),
      fc.array(fc.nat({ max: 3000 })),
      (frames, cuts) => {
        const all = frames.map(([type, flags, stream, payload]) =>
          frame(type, flags, stream, Buffer.from(payload)),
        );
        const bytes = Buffer.concat([GREETING, ...all]);
        t.same(read(bytes, cuts), read(bytes), "cuts change nothing");
      },
    ),
    { numRuns: 500 },
  );
  t.end();
});
