import type { AnswerHead } from "../http1/answer-head.ts";
import { CONNECTION, ONE_HOP, TRANSFER_ENCODING, UPGRADE } from "../http1/names.ts";
import { FIELD_ROOM, TABLE_OF_NOTHING, writeField, writeStatus } from "./hpack/encoder.ts";

/** So many bytes the block of an answer has at most. */
export function blockRoom(head: AnswerHead): number {
  return head.fieldsEnd - head.fieldsStart + (head.count + 1) * FIELD_ROOM;
}

/**
 * Writes the block of an answer at `at`, without the fields that are of the HTTP/1.1 connection alone (RFC 9113, section 8.2.2);
 * returns the position behind.
 *
 * @param without the number of a field that is left out, too
 * @param tableGone the visitor is to be told that no table is used
 */
export function answerBlock(
  out: Buffer,
  at: number,
  status: number,
  head: AnswerHead,
  without: number,
  tableGone: boolean,
): number {
  let end = at;
  if (tableGone) out[end++] = TABLE_OF_NOTHING;
  end = writeStatus(out, end, status);
  for (let i = 0; i < head.count; i++) {
    const id = head.ids[i];
    if (id === CONNECTION || id === TRANSFER_ENCODING || id === UPGRADE || id === ONE_HOP) continue;
    if (i === without) continue;
    end = writeField(out, end, head.bytes, [
      head.nameStart[i] as number,
      head.nameEnd[i] as number,
      head.valueStart[i] as number,
      head.valueEnd[i] as number,
    ]);
  }
  return end;
}

/** The block of trailers, of which there are lines with names and values. */
export function trailerBlock(text: string, tableGone: boolean): Buffer {
  const lines = text.split("\r\n");
  const out = Buffer.allocUnsafe(text.length + lines.length * FIELD_ROOM);
  let end = 0;
  if (tableGone) out[end++] = TABLE_OF_NOTHING;
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const bytes = Buffer.from(line.slice(0, colon) + line.slice(colon + 1).trim(), "latin1");
    end = writeField(out, end, bytes, [0, colon, colon, bytes.length]);
  }
  return out.subarray(0, end);
}
