/** One block: a link and what is kept. Two cache lines, which the processor fetches together. */
export const BLOCK_BYTES = 128;
const WORDS = BLOCK_BYTES / 4;
const KEPT_BYTES = BLOCK_BYTES - 4;
/** No block. */
export const NONE = 0;

/**
 * Records of any length in blocks of one size, outside the JavaScript heap: nothing for the garbage collector to walk, and a
 * hard bound in bytes. All of it is reserved at the start, but the system gives memory only for what is written to, so it
 * neither grows nor stalls.
 */
export interface Blocks {
  /** Whether a record of so many bytes finds room. */
  hasRoom(bytes: number): boolean;
  /** Memory that is in use for records, bytes. */
  readonly bytes: number;
  /** Writes the first `length` bytes as a new record. The caller made sure that there is room. */
  write(bytes: Uint32Array, length: number): number;
  /** Copies the whole record, up to the end of its last block. */
  read(record: number, into: Uint32Array): void;
  remove(record: number): void;
}

/** @param most how many blocks there are */
export function createBlocks(most: number): Blocks {
  /** The first word of a block says which one follows, in its record or among those that were given back. */
  const data = new Uint32Array((most + 1) * WORDS);
  let returned = NONE;
  let untouched = 1;
  let used = 0;

  const blocksFor = (bytes: number) => Math.ceil(bytes / KEPT_BYTES);

  function take(): number {
    const block = returned;
    used += 1;
    if (block === NONE) return untouched++;
    returned = data[block * WORDS]!;
    return block;
  }

  return {
    hasRoom: (bytes) => blocksFor(bytes) <= most - used,
    get bytes() {
      return used * BLOCK_BYTES;
    },
    write(bytes, length) {
      const count = blocksFor(length);
      if (count > most - used) throw new RangeError("There is no room for the record");
      let first = NONE;
      let last = NONE;
      let from = 0;
      for (let i = 0; i < count; i += 1) {
        const block = take();
        const begin = block * WORDS;
        for (let w = 1; w < WORDS; w += 1) data[begin + w] = bytes[from++]!;
        if (last === NONE) first = block;
        else data[last * WORDS] = block;
        last = block;
      }
      data[last * WORDS] = NONE;
      return first;
    },
    read(record, into) {
      let to = 0;
      for (let block = record; block !== NONE; block = data[block * WORDS]!) {
        const begin = block * WORDS;
        for (let w = 1; w < WORDS; w += 1) into[to++] = data[begin + w]!;
      }
    },
    remove(record) {
      let last = record;
      used -= 1;
      for (let block = data[last * WORDS]!; block !== NONE; block = data[block * WORDS]!) {
        last = block;
        used -= 1;
      }
      data[last * WORDS] = returned;
      returned = record;
    },
  };
}
