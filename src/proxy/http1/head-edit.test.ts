import * as fc from "fast-check";
import t from "tap";
import { HeadEdit } from "./head-edit.ts";
import { RequestHead } from "./request-head.ts";

const ROOM = 512;

/** A head of these fields, scanned, with what is in front of it and behind it. */
function headOf(fields: readonly string[]) {
  const text = `GET /some/path HTTP/1.1\r\nHost: a\r\n${fields.map((f) => `${f}\r\n`).join("")}\r\n`;
  const bytes = Buffer.alloc(ROOM + text.length + ROOM, "#");
  bytes.write(`${text}body`, ROOM, "latin1");
  const head = new RequestHead();
  const end = head.scan(bytes, ROOM, ROOM + text.length);
  return { head, bytes, text, end };
}

t.test(
  "whatever is cut and added, the rest stays, and so does what is behind the head",
  async (t) => {
    const field = fc.tuple(fc.stringMatching(/^X-[a-z]{1,8}$/), fc.stringMatching(/^[!-~]{0,20}$/));
    fc.assert(
      fc.property(
        fc.array(field, { maxLength: 12 }),
        fc.array(fc.nat(12), { maxLength: 6 }),
        fc.stringMatching(/^[a-z]{0,60}$/),
        (pairs, cuts, added) => {
          const fields = pairs.map(([name, value]) => `${name}: ${value}`);
          const { head, bytes, end } = headOf(fields);
          const edit = new HeadEdit();
          edit.begin();
          const cut = new Set(cuts.filter((i) => i < fields.length));
          // In any order: the first field is Host.
          for (const i of cut) edit.cutField(head, i + 1);
          if (added !== "") edit.addField("X-Added", added);
          const start = edit.apply(head);
          const lines = [
            "GET /some/path HTTP/1.1",
            ...(added === "" ? [] : [`X-Added: ${added}`]),
            "Host: a",
            ...fields.filter((_, i) => !cut.has(i)),
          ];
          return (
            bytes.toString("latin1", start, end) === `${lines.join("\r\n")}\r\n\r\n` &&
            bytes.toString("latin1", end, end + 5) === "body#" &&
            bytes.toString("latin1", 0, start).replaceAll("#", "").length <= ROOM
          );
        },
      ),
    );
    t.pass();
  },
);

t.test("a part of a value, and of the first line", async (t) => {
  const { head, bytes, end } = headOf(["Cookie: a=1; wl=2; b=3"]);
  const edit = new HeadEdit();
  edit.begin();
  const value = head.valueStart[1] ?? 0;
  edit.cut(value + 3, value + 9);
  edit.cut(head.targetStart, head.targetStart + 5);
  edit.add("X: y\r\n");
  const start = edit.apply(head);
  t.equal(
    bytes.toString("latin1", start, end),
    "GET /path HTTP/1.1\r\nX: y\r\nHost: a\r\nCookie: a=1; b=3\r\n\r\n",
  );
});

t.test("an added value cannot end its line", async (t) => {
  const { head, bytes, end } = headOf([]);
  const edit = new HeadEdit();
  edit.begin();
  edit.addField("X", "a\r\nEvil: 1\0");
  t.match(bytes.toString("latin1", edit.apply(head), end), "\r\nX: aEvil: 1\r\nHost");
});
