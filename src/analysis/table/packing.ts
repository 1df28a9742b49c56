/**
 * How values become bytes and values again. A {@link Field} does both for one type, and fields are put together to those
 * of records and lists, so that what is written and what is read cannot differ.
 */
import { type Words, NO_WORD } from "./words.ts";

export interface Field<T> {
  write(value: T, to: Packer): void;
  read(from: Packer): T;
}

/** The fields of a record. One for each of its properties: a property without one does not compile. */
export type FieldsOf<T> = {
  readonly [K in keyof T]-?: Field<undefined extends T[K] ? T[K] | undefined : T[K]>;
};

/** Bytes 0 and 1: length of all; 2 and 3: length without the words at the end. */
const HEAD_BYTES = 4;
const WORD_BYTES = 4;
/** A new page shifts the words of its row by one. */
const LOOKED_AT = 2;

/** The place where one record is packed, or unpacked. */
export interface Packer {
  readonly bytes: Buffer;
  readonly words: Words;
  /** Where the next byte is written, or read. */
  at: number;
  /** The words of the record, in the order in which they first occur. */
  readonly used: number[];
  /** Words that the record may well have, too: those of what it replaces. */
  readonly likely: readonly number[];
  /** The moment and the text before, of which the next are often close or the same. */
  momentMs: number;
  before: string;
}

export function createPacker(
  bytes: number,
  words: Words,
  likely: readonly number[] = [],
): Packer & { readonly asWords: Uint32Array } {
  const memory = new ArrayBuffer(bytes);
  return {
    bytes: Buffer.from(memory),
    asWords: new Uint32Array(memory),
    words,
    at: 0,
    used: [],
    likely,
    momentMs: 0,
    before: "",
  };
}

/** Packs the value; returns how many bytes it takes. Its words are taken. */
export function pack<T>(field: Field<T>, value: T, packer: Packer): number {
  begin(packer);
  field.write(value, packer);
  const { bytes, used, at } = packer;
  bytes.writeUInt16LE(at, 2);
  used.forEach((word, i) => bytes.writeUInt32LE(word, at + i * WORD_BYTES));
  const length = at + used.length * WORD_BYTES;
  bytes.writeUInt16LE(length, 0);
  return length;
}

export function unpack<T>(field: Field<T>, packer: Packer): T {
  begin(packer);
  eachWord(packer, (word) => packer.used.push(word));
  return field.read(packer);
}

/** Gives back the words that the packed record has taken. */
export function releaseWords(packer: Packer): void {
  eachWord(packer, (word) => packer.words.release(word));
}

function eachWord({ bytes }: Packer, use: (word: number) => void): void {
  const end = bytes.readUInt16LE(0);
  for (let at = bytes.readUInt16LE(2); at < end; at += WORD_BYTES) use(bytes.readUInt32LE(at));
}

function begin(packer: Packer): void {
  packer.at = HEAD_BYTES;
  packer.used.length = 0;
  packer.momentMs = 0;
  packer.before = "";
}

/** A whole number from 0 to 2^53 - 1, the smaller the shorter. */
export const count: Field<number> = {
  write(value, to) {
    let rest = value;
    while (rest > 0x7f) {
      to.bytes[to.at++] = 0x80 | (rest % 0x80);
      rest = Math.floor(rest / 0x80);
    }
    to.bytes[to.at++] = rest;
  },
  read(from) {
    let value = from.bytes[from.at++]!;
    if (value <= 0x7f) return value;
    value &= 0x7f;
    for (let scale = 0x80; ; scale *= 0x80) {
      const byte = from.bytes[from.at++]!;
      value += (byte & 0x7f) * scale;
      if (byte <= 0x7f) return value;
    }
  },
};

/** A moment of either clock, ms: kept as the difference from the moment before it in the record. */
export const moment: Field<number> = {
  write(value, to) {
    const step = Math.round(value) - to.momentMs;
    to.momentMs += step;
    count.write(step < 0 ? -2 * step - 1 : 2 * step, to);
  },
  read(from) {
    const coded = count.read(from);
    from.momentMs += coded % 2 === 1 ? -(coded + 1) / 2 : coded / 2;
    return from.momentMs;
  },
};

/** Any number. */
export const number: Field<number> = {
  write(value, to) {
    to.at = to.bytes.writeDoubleLE(value, to.at);
  },
  read(from) {
    const value = from.bytes.readDoubleLE(from.at);
    from.at += 8;
    return value;
  },
};

/** A text of its own. The same as the one before it takes one byte. */
export const text: Field<string> = {
  write(value, to) {
    if (value === to.before) return count.write(0, to);
    to.before = value;
    const { bytes } = to;
    const { length } = value;
    const begin = to.at;
    count.write(2 * length + 1, to);
    for (let i = 0; i < length; i += 1) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return writeUtf8(value, begin, to);
      bytes[to.at++] = code;
    }
  },
  read(from) {
    const head = count.read(from);
    if (head === 0) return from.before;
    const end = from.at + ((head - 1) >> 1);
    // Texts are nearly always ASCII, which needs no decoding.
    from.before = from.bytes.toString(head % 2 === 1 ? "latin1" : "utf8", from.at, end);
    from.at = end;
    return from.before;
  },
};

function writeUtf8(value: string, begin: number, to: Packer): void {
  const length = Buffer.byteLength(value);
  to.at = begin;
  count.write(2 * length + 2, to);
  to.at += to.bytes.write(value, to.at, length);
}

/** A text that other rows have, too. */
export const word: Field<string> = {
  write(value, to) {
    const known = takeWord(value, to);
    if (known === NO_WORD) {
      count.write(0, to);
      return text.write(value, to);
    }
    const at = to.used.indexOf(known);
    if (at === -1) to.used.push(known);
    else to.words.release(known);
    count.write(at === -1 ? to.used.length : at + 1, to);
  },
  read(from) {
    const at = count.read(from);
    return at === 0 ? text.read(from) : from.words.text(from.used[at - 1]!);
  },
};

/** To look a text up costs more than to compare it with the one that stood here before. */
function takeWord(value: string, { words, used, likely }: Packer): number {
  for (let at = used.length; at < used.length + LOOKED_AT && at < likely.length; at += 1) {
    const known = likely[at]!;
    if (words.text(known) !== value) continue;
    words.again(known);
    return known;
  }
  return words.take(value);
}

export function oneOf<T>(...values: readonly T[]): Field<T> {
  return {
    write: (value, to) => count.write(values.indexOf(value), to),
    read: (from) => values[count.read(from)]!,
  };
}

export function optional<T>(field: Field<T>): Field<T | undefined> {
  return {
    write(value, to) {
      to.bytes[to.at++] = value === undefined ? 0 : 1;
      if (value !== undefined) field.write(value, to);
    },
    read: (from) => (from.bytes[from.at++] === 0 ? undefined : field.read(from)),
  };
}

export function list<T>(field: Field<T>): Field<readonly T[]> {
  return {
    write(values, to) {
      count.write(values.length, to);
      for (const value of values) field.write(value, to);
    },
    read(from) {
      const values: T[] = [];
      for (let left = count.read(from); left > 0; left -= 1) values.push(field.read(from));
      return values;
    },
  };
}

/** In the order of the fields. A property that comes to undefined is left out. */
export function record<T extends object>(fields: FieldsOf<T>): Field<T> {
  const names = Object.keys(fields) as (keyof T)[];
  const parts = names.map((name) => fields[name] as Field<unknown>);
  const blank = Object.fromEntries(names.map((name) => [name, undefined])) as Partial<T>;
  return {
    write(value, to) {
      for (let i = 0; i < names.length; i += 1) parts[i]!.write(value[names[i]!], to);
    },
    read(from) {
      const value: Partial<T> = { ...blank };
      for (let i = 0; i < names.length; i += 1) {
        value[names[i]!] = parts[i]!.read(from) as T[keyof T];
      }
      return value as T;
    },
  };
}
