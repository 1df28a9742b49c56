import { type Lines, NEXT, PREVIOUS, WORDS } from "./lines.ts";

/**
 * Doubly linked lists of rows, each row in at most one of them. A new one is the first; the last is the one that was put in
 * front before all others.
 */
export interface Lists {
  /** Puts the row in front, wherever it was. */
  toFront(list: number, row: number): void;
  remove(row: number): void;
  /** -1 when the list is empty. */
  first(list: number): number;
  last(list: number): number;
  /** The one that follows, towards the last; -1 after that. */
  after(row: number): number;
}

/** @param rows how many rows there are; the lines behind them are the ends of the lists */
export function createLists({ words }: Lines, rows: number, lists: number): Lists {
  // Each list is a ring through its end. Nodes count from 1: 0 means in no list.
  for (let end = rows; end < rows + lists; end += 1) link(end, end);

  function link(from: number, to: number): void {
    words[from * WORDS + NEXT] = to + 1;
    words[to * WORDS + PREVIOUS] = from + 1;
  }

  function unlink(row: number): void {
    const next = words[row * WORDS + NEXT]!;
    if (next === 0) return;
    link(words[row * WORDS + PREVIOUS]! - 1, next - 1);
    words[row * WORDS + NEXT] = 0;
    words[row * WORDS + PREVIOUS] = 0;
  }

  const shown = (node: number) => (node <= rows ? node - 1 : -1);
  return {
    toFront(list, row) {
      const end = rows + list;
      if (words[end * WORDS + NEXT] === row + 1) return;
      unlink(row);
      link(row, words[end * WORDS + NEXT]! - 1);
      link(end, row);
    },
    remove: unlink,
    first: (list) => shown(words[(rows + list) * WORDS + NEXT]!),
    last: (list) => shown(words[(rows + list) * WORDS + PREVIOUS]!),
    after: (row) => shown(words[row * WORDS + NEXT]!),
  };
}
