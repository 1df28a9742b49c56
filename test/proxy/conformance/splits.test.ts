/** TCP has no messages: wherever a message is split, the same comes of it. */
import { isDeepStrictEqual } from "node:util";
import t from "tap";
import { standBefore } from "../data-path-stand.ts";
import { answered, type Case, head, passed, raw, refused } from "./case.ts";
import { recordingOrigin } from "./recording-origin.ts";
import { run, wanted } from "./run-case.ts";

const WHY = "RFC 9112, 2.2: a sequence of octets";
const CHUNKED = head("POST /a", "X-A: b", "Transfer-Encoding: chunked");

const requests: readonly Case[] = [
  passed(
    "GET",
    `\r\n${head("GET /a?b=c", "X-A:", "Cookie: a=1; b=2", "Connection: X-Hop", "X-Hop: 1")}`,
    { line: "GET /a?b=c", fields: ["X-A: ", "Cookie: a=1; b=2"] },
    WHY,
  ),
  passed(
    "a body by length",
    `${head("POST /a", "Content-Length: 7")}\r\n\r\nabc`,
    { line: "POST /a", body: "\r\n\r\nabc" },
    WHY,
  ),
  passed(
    "chunks",
    `${CHUNKED}5;a="b"\r\nhello\r\n01\r\n\r\r\n0;c\r\nX-T: y\r\n\r\n`,
    { line: "POST /a", body: "hello\r", framing: "chunked" },
    WHY,
  ),
  {
    ...passed("two", "", { line: "PUT /a", body: "abc" }, WHY),
    send: `${head("PUT /a", "Content-Length: 3")}abc${head("DELETE /b")}`,
    reaches: [{ line: "PUT /a", body: "abc" }, { line: "DELETE /b" }],
    gets: [200, 200],
  },
  refused("a bare LF", head("GET /a", "X-A: b\nX-C: d"), 400, WHY),
  refused(
    "a length and a coding",
    head("POST /a", "Content-Length: 1", "Transfer-Encoding: x"),
    400,
    WHY,
  ),
  refused("a folded line", raw("GET /a HTTP/1.1", "Host: 127.0.0.1", " x"), 400, WHY),
  refused("a bad chunk", `${CHUNKED}5\r\nhello\r\n-1\r\n`, 400, WHY),
];

const answers: readonly Case[] = [
  answered(
    "an answer by length",
    "HTTP/1.1 200 Fine\r\nX-A: b\r\nConnection: X-Hop\r\nX-Hop: 1\r\nContent-Length: 5\r\n\r\nhello",
    { status: 200, reason: "Fine", body: "hello" },
    WHY,
  ),
  answered(
    "an answer in chunks",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a\r\nhello\r\n1\r\n\n\r\n0\r\nX-T: y\r\n\r\n",
    { status: 200, body: "hello\n" },
    WHY,
  ),
  answered(
    "a bad answer",
    { bytes: "HTTP/1.1 200 OK\r\nX A: b\r\n\r\n", closing: "end" },
    502,
    WHY,
  ),
];

t.test("each split of a request", async (t) => {
  await using origin = await recordingOrigin();
  await using stand = await standBefore([origin.url]);
  for (const c of requests) {
    const bytes = String(c.send);
    for (const send of splitsOf(bytes)) {
      const outcome = await run({ ...c, send }, stand.port, origin);
      t.same(outcome, wanted(c), `${c.name}: ${JSON.stringify(send)}`);
    }
  }
});

t.test("each split of an answer that breaks off", async (t) => {
  await using origin = await recordingOrigin();
  await using stand = await standBefore([origin.url]);
  const bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nx\r\n";
  for (const says of splitsOf(bytes)) {
    const c = answered("", { bytes: says, closing: "end" }, 0, WHY);
    const { gets } = await run(c, stand.port, origin);
    // Where nothing of it has been sent on, the visitor can still be told.
    const right = [[{ status: 200, broken: true }], [{ status: 502 }]];
    t.ok(
      right.some((r) => isDeepStrictEqual(gets, r)),
      JSON.stringify([says, gets]),
    );
  }
});

t.test("each split of an answer", async (t) => {
  await using origin = await recordingOrigin();
  await using stand = await standBefore([origin.url]);
  for (const c of answers) {
    const [speech = ""] = c.says ?? [];
    const whole = typeof speech === "string" ? { bytes: speech } : speech;
    for (const bytes of splitsOf(String(whole.bytes))) {
      const outcome = await run({ ...c, says: [{ ...whole, bytes }] }, stand.port, origin);
      t.same(outcome, wanted(c), `${c.name}: ${JSON.stringify(bytes)}`);
    }
  }
});

/** In two at each place, and byte by byte. */
function splitsOf(text: string): string[][] {
  return [...Array.from(text, (_, i) => [text.slice(0, i), text.slice(i)]), text.split("")];
}
