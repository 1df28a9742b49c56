import { DUE_MS, HEAP_PLACE, type Lines, WORDS } from "./lines.ts";

/**
 * Rows that fall due, soonest first: a binary heap, which is put in order late. A row that is put off, as every hit does,
 * stays where it is until its old time has come; so putting off costs nothing, and a row is looked at once in a period.
 */
export interface DueHeap {
  /** When the row falls due, instead of what was set before; Infinity: never. */
  set(row: number, dueMs: number): void;
  /** The one that falls due first; -1 when nothing does. */
  first(): number;
  dueMs(row: number): number;
}

/** @param rows how many rows there are */
export function createDueHeap({ words, numbers }: Lines, rows: number): DueHeap {
  /** The heap, and the times by which it is ordered: those of the rows, or earlier. */
  const heap = new Uint32Array(rows);
  const times = new Float64Array(rows);
  let size = 0;

  const dueOf = (row: number) => numbers[(row * WORDS + DUE_MS) / 2]!;

  function put(row: number, timeMs: number, index: number): void {
    heap[index] = row;
    times[index] = timeMs;
    words[row * WORDS + HEAP_PLACE] = index + 1;
  }

  function up(row: number, timeMs: number, from: number): void {
    let index = from;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (times[above]! <= timeMs) break;
      put(heap[above]!, times[above]!, index);
      index = above;
    }
    put(row, timeMs, index);
  }

  function down(row: number, timeMs: number): void {
    let index = 0;
    for (let below = 1; below < size; below = 2 * index + 1) {
      if (below + 1 < size && times[below + 1]! < times[below]!) below += 1;
      if (times[below]! >= timeMs) break;
      put(heap[below]!, times[below]!, index);
      index = below;
    }
    put(row, timeMs, index);
  }

  function drop(row: number): void {
    words[row * WORDS + HEAP_PLACE] = 0;
    size -= 1;
    if (size > 0) down(heap[size]!, times[size]!);
  }

  return {
    set(row, dueMs) {
      numbers[(row * WORDS + DUE_MS) / 2] = dueMs;
      const index = words[row * WORDS + HEAP_PLACE]! - 1;
      if (index === -1) {
        if (dueMs !== Infinity) up(row, dueMs, size++);
      } else if (dueMs < times[index]!) up(row, dueMs, index);
    },
    first() {
      while (size > 0) {
        const row = heap[0]!;
        const dueMs = dueOf(row);
        if (dueMs <= times[0]!) return row;
        if (dueMs === Infinity) drop(row);
        else down(row, dueMs);
      }
      return -1;
    },
    dueMs: dueOf,
  };
}
