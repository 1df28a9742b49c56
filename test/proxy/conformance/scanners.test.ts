/** The scanners of heads and chunks against a reader that is slow and follows the grammar word by word. */
import { deepEqual } from "node:assert/strict";
import { assert, property, tuple } from "fast-check";
import t from "tap";
import { AnswerHead } from "../../../src/proxy/http1/answer-head.ts";
import { ChunkReader } from "../../../src/proxy/http1/chunks.ts";
import { type Head, INCOMPLETE } from "../../../src/proxy/http1/head.ts";
import { RequestHead } from "../../../src/proxy/http1/request-head.ts";
import { answer, BUDGET, chunked, cuts, pieces, requests, spoilt } from "./generate.ts";
import {
  readAnswer,
  readChunks,
  readRequest,
  type Reading,
  skipEmptyLines,
} from "./reference-parser.ts";

/** Scanners may write behind the end for a moment, and heads do not begin at 0. */
const ROOM = 7;

function scan(
  head: Head & { scan(bytes: Buffer, start: number, end: number): number },
  text: string,
) {
  const bytes = Buffer.alloc(text.length + 2 * ROOM, "\r\n");
  bytes.write(text, ROOM, "latin1");
  const before = Buffer.from(bytes);
  const end = head.scan(bytes, ROOM, ROOM + text.length);
  if (!bytes.equals(before)) throw new Error("the bytes were changed");
  return end > 0 ? end - ROOM : end;
}

/** What the reader says of a head alone. */
function headOf(text: string, read: (head: string) => Reading) {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return INCOMPLETE;
  const reading = read(text.slice(0, end + 4));
  const message = reading.is === "whole" ? reading.message : reading.is === "part" && reading.head;
  return message ? { end: end + 4, line: message.line, fields: message.fields } : -1;
}

function fieldsOf(head: Head): [string, string][] {
  return Array.from({ length: head.count }, (_, i) => [
    head.bytes.toString("latin1", head.nameStart[i], head.nameEnd[i]),
    head.valueAt(i),
  ]);
}

for (const [what, generated, newHead, read, skip] of [
  ["requests", requests, () => new RequestHead(), readRequest, skipEmptyLines],
  [
    "answers",
    answer,
    () => new AnswerHead(),
    (head: string) => readAnswer(head, { bodiless: true, ended: true }),
    (bytes: string) => bytes,
  ],
] as const) {
  t.test(`heads of ${what} are understood as the grammar says`, (t) => {
    t.doesNotThrow(() =>
      assert(
        property(generated, (text) => {
          const [head, empty] = [newHead(), text.length - skip(text).length];
          const end = scan(head, text);
          const expected = headOf(text.slice(empty), read);
          if (expected === INCOMPLETE) return end <= 0;
          if (expected === -1) return end === -1;
          deepEqual([end, fieldsOf(head)], [expected.end + empty, expected.fields]);
          return true;
        }),
        BUDGET,
      ),
    );
    t.end();
  });

  t.test(`a part of a head of ${what} is never taken for something else`, (t) => {
    t.doesNotThrow(() =>
      assert(
        property(generated, (text) => {
          const whole = scan(newHead(), text);
          for (let i = 0; i < text.length; i++) {
            const part = scan(newHead(), text.slice(0, i));
            if (part !== INCOMPLETE && part !== whole) return false;
          }
          return true;
        }),
        BUDGET,
      ),
    );
    t.end();
  });
}

t.test("chunks are understood as the grammar says, whatever pieces they come in", (t) => {
  t.doesNotThrow(() =>
    assert(
      property(tuple(spoilt(chunked), cuts), ([text, at]) => {
        const reader = new ChunkReader();
        let [body, taken, broken] = ["", 0, false];
        for (const piece of pieces(text, at)) {
          const bytes = Buffer.from(piece, "latin1");
          const end = reader.read(bytes, 0, bytes.length, (from, to) => {
            body += bytes.toString("latin1", from, to);
          });
          broken = end < 0;
          if (broken) break;
          taken += end;
        }
        const expected = readChunks(text);
        if (expected.is === "whole") {
          return (
            reader.done && body === expected.body && taken === text.length - expected.rest.length
          );
        }
        if (expected.is === "part") return !reader.done && (broken || body === expected.body);
        return broken && !reader.done;
      }),
      BUDGET,
    ),
  );
  t.end();
});
