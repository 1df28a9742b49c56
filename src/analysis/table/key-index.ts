import { HASH, type Lines, WORDS } from "./lines.ts";

/**
 * Which rows may have a key, by the key's hash: open addressing with linear probing in a typed array that is never more
 * than half full. A Map of a million keys takes ten times the memory, and stops the process whenever it grows.
 */
export interface KeyIndex {
  add(hash: number, row: number): void;
  remove(row: number): void;
  /** The row with this hash that `isIt` agrees to; -1 when there is none. */
  find(hash: number, isIt: (row: number) => boolean): number;
}

/** @param rows how many rows there are */
export function createKeyIndex({ words }: Lines, rows: number): KeyIndex {
  const size = 2 ** Math.ceil(Math.log2(2 * rows + 2));
  const mask = size - 1;
  /** Row + 1; 0 is an empty place. */
  const places = new Uint32Array(size);
  const hashAt = (at: number) => words[(places[at]! - 1) * WORDS + HASH]!;

  return {
    add(hash, row) {
      let at = hash & mask;
      while (places[at] !== 0) at = (at + 1) & mask;
      places[at] = row + 1;
      words[row * WORDS + HASH] = hash;
    },
    remove(row) {
      let hole = words[row * WORDS + HASH]! & mask;
      while (places[hole] !== row + 1) hole = (hole + 1) & mask;
      // What follows moves up into the hole, unless its own place is behind it (Knuth, vol. 3, 6.4, algorithm R).
      for (let at = (hole + 1) & mask; places[at] !== 0; at = (at + 1) & mask) {
        const home = hashAt(at) & mask;
        if (((at - home) & mask) < ((at - hole) & mask)) continue;
        places[hole] = places[at]!;
        hole = at;
      }
      places[hole] = 0;
    },
    find(hash, isIt) {
      for (let at = hash & mask; places[at] !== 0; at = (at + 1) & mask) {
        const row = places[at]! - 1;
        if (hashAt(at) === hash && isIt(row)) return row;
      }
      return -1;
    },
  };
}
