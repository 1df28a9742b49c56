import type { Socket } from "node:net";
import { PassThrough } from "node:stream";
import t from "tap";
import { readLines } from "./lines.ts";

function stand() {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(stream as unknown as Socket, (line) => {
    lines.push(line);
    if (line === "stop") stream.destroy();
  });
  const write = async (...chunks: Buffer[]) => {
    for (const chunk of chunks) stream.write(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { stream, lines, write };
}

t.test("lines in any pieces, characters too", async (t) => {
  const { lines, write } = stand();
  const bytes = Buffer.from("\u00fcber\n\nzw\u20aci\nrest");
  await write(...Array.from(bytes, (byte) => Buffer.from([byte])));
  t.same(lines, ["\u00fcber", "", "zw\u20aci"]);
});

t.test("nothing after the socket was destroyed", async (t) => {
  const { lines, write } = stand();
  await write(Buffer.from("a\nstop\nb\n"));
  t.same(lines, ["a", "stop"]);
});

t.test("a line that never ends closes the socket", async (t) => {
  const { stream, lines, write } = stand();
  await write(Buffer.alloc(4 * 1024 * 1024 + 1, "x"));
  t.equal(stream.destroyed, true);
  t.same(lines, []);
});
