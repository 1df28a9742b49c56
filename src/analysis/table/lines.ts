/**
 * The numbers that the table keeps of a row lie side by side, in one cache line: with a million rows each miss counts.
 * The parts of the table have their columns here.
 */
export interface Lines {
  /** Column `c` of row `r` is at `r * WORDS + c`. */
  readonly words: Uint32Array;
  /** Column `c` of row `r` is at `(r * WORDS + c) / 2`: even columns only. */
  readonly numbers: Float64Array;
}

export const LINE_BYTES = 64;
/** 32-bit words of a line. */
export const WORDS = LINE_BYTES / 4;

/** Columns of a line. */
export const KEPT_MS = 0;
export const DUE_MS = 2;
export const HASH = 4;
export const RECORD = 5;
export const TURN = 6;
export const LIST = 7;
export const NEXT = 8;
export const PREVIOUS = 9;
export const HEAP_PLACE = 10;
export const HELD = 11;

/** Memory is reserved at once; the system gives it when a line is first written to. */
export function createLines(rows: number): Lines {
  const memory = new ArrayBuffer(rows * LINE_BYTES);
  return { words: new Uint32Array(memory), numbers: new Float64Array(memory) };
}
