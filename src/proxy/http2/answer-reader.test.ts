import t from "tap";
import type { AnswerHead } from "../http1/answer-head.ts";
import { AnswerReader } from "./answer-reader.ts";
import { answerBlock, blockRoom, trailerBlock } from "./field-blocks.ts";
import { HpackDecoder } from "./hpack/decoder.ts";

/** Names and values in turn, as a visitor reads them in a block. */
function fieldsIn(block: Buffer): string[] {
  const decoder = new HpackDecoder({ fields: 100, fieldBytes: 10_000 });
  const fields = decoder.decode(block, 0, block.length);
  if (typeof fields === "string") throw new Error(`the block is ${fields}`);
  return fields.flatMap(({ name, value }) => (name === ":status" ? [] : [name, value]));
}

function fieldsOf(head: AnswerHead): string[] {
  const block = Buffer.alloc(blockRoom(head));
  return fieldsIn(block.subarray(0, answerBlock(block, 0, head.status, head, -1, false)));
}

/** What a reader makes of these bytes, given in pieces of that size. */
function read(text: string, size: number, { toHead = false, ended = false } = {}) {
  const parts: unknown[] = [];
  let body = "";
  const reader = new AnswerReader(
    {
      interim: (head) => void parts.push(["interim", head.status, fieldsOf(head)]),
      head: (head, ends) => void parts.push(["head", head.status, fieldsOf(head), ends]),
      tunnel: (head) => void parts.push(["tunnel", fieldsOf(head)]),
      body: (bytes, start, end) => void (body += bytes.toString("latin1", start, end)),
      whole: (trailers) => void parts.push(["end", fieldsIn(trailerBlock(trailers, false))]),
    },
    toHead,
  );
  const bytes = Buffer.from(text, "latin1");
  let whole = true;
  for (let p = 0; p < bytes.length && whole; p += size) {
    // In the middle of a larger buffer, as the pipeline writes, or at its end, as our own pages are.
    const piece = bytes.subarray(p, p + size);
    const given =
      p % 2 === 0 ? Buffer.concat([Buffer.from("xx"), piece, Buffer.from("yy")]) : piece;
    const start = p % 2 === 0 ? 2 : 0;
    whole = reader.read(given, start, start + piece.length);
  }
  if (ended) whole = reader.ended() && whole;
  return { parts, body, whole, done: reader.done };
}

const cases: Record<string, [string, object, { toHead?: boolean; ended?: boolean }?]> = {
  "a body with its length": [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello",
    {
      parts: [
        ["head", 200, ["content-length", "5", "x-a", "b"], false],
        ["end", []],
      ],
      body: "hello",
      whole: true,
      done: true,
    },
  ],
  "fields of the connection stay behind": [
    "HTTP/1.1 200 OK\r\nConnection: close\r\nKeep-Alive: 5\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n",
    { parts: [["head", 200, ["content-length", "0"], true]], body: "", whole: true, done: true },
  ],
  "fields that come twice stay two": [
    "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n",
    {
      parts: [
        ["head", 200, ["set-cookie", "a=1", "set-cookie", "b=2", "content-length", "0"], true],
      ],
    },
  ],
  "chunks and trailers": [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Sum: 1 \r\nX-B:\r\n\r\n",
    {
      parts: [
        ["head", 200, [], false],
        ["end", ["x-sum", "1", "x-b", ""]],
      ],
      body: "abcde",
      whole: true,
      done: true,
    },
  ],
  "interim answers": [
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
    {
      parts: [
        ["interim", 100, []],
        ["interim", 103, ["link", "</a>"]],
        ["head", 204, [], true],
      ],
      whole: true,
      done: true,
    },
  ],
  "until the end": [
    "HTTP/1.1 200 OK\r\n\r\nhello",
    {
      parts: [
        ["head", 200, [], false],
        ["end", []],
      ],
      body: "hello",
      whole: true,
      done: true,
    },
    { ended: true },
  ],
  "to HEAD": [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
    { parts: [["head", 200, ["content-length", "5"], true]], whole: true, done: true },
    { toHead: true },
  ],
  "not modified": [
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
    { parts: [["head", 304, ["content-length", "5"], true]], whole: true, done: true },
  ],
  "a tunnel": [
    "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\nframes",
    { parts: [["tunnel", ["sec-websocket-accept", "x"]]], body: "frames", whole: true },
  ],
  "too short": [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
    { whole: false },
    { ended: true },
  ],
  "no last chunk": [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    { whole: false, body: "abc" },
    { ended: true },
  ],
  "half a head": ["HTTP/1.1 200 OK\r\nContent-Le", { whole: false, parts: [] }, { ended: true }],
  "too long": ["HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab", { whole: false }],
  "a second answer": [
    "HTTP/1.1 204 No\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
    { whole: false, parts: [["head", 204, [], true]] },
  ],
  "broken chunks": [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
    { whole: false, parts: [["head", 200, [], false]] },
  ],
  "a broken head": ["HTTP/1.1 200 OK\r\nA : b\r\n\r\n", { whole: false, parts: [] }],
};

for (const size of [1, 7, 10_000]) {
  t.test(`in pieces of at most ${size} bytes`, (t) => {
    for (const [what, [text, expected, options]] of Object.entries(cases)) {
      t.match(read(text, size, options), expected, what);
    }
    t.end();
  });
}
