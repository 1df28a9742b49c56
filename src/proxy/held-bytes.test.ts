import t from "tap";
import { Held } from "./held-bytes.ts";

t.test("what comes in pieces is held as one, and put in front of the next piece", async (t) => {
  const held = new Held();
  const from = Buffer.from("abcdef");
  for (let i = 0; i < 500; i++) held.append(from, i % 3, (i % 3) + 3);
  const expected = Array.from({ length: 500 }, (_, i) => "abcdef".slice(i % 3, (i % 3) + 3)).join(
    "",
  );
  t.equal(held.length, 1500);
  const room = Buffer.alloc(2000, "#");
  room.write("next", 1600);
  const start = held.inFrontOf(room, 1600);
  t.equal(room.toString("latin1", start, 1604), `${expected}next`);
  t.equal(held.length, 0);
  t.equal(held.inFrontOf(room, 1600), 1600, "nothing more");
});

t.test("a large buffer is not kept for a connection that is idle", async (t) => {
  const held = new Held();
  held.append(Buffer.alloc(100_000), 0, 100_000);
  held.clear();
  t.equal(held.bytes.length, 0);
  held.append(Buffer.alloc(700), 0, 700);
  held.clear();
  t.ok(held.bytes.length >= 700);
});
