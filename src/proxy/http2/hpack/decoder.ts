import { latin1Of } from "../../http1/latin1.ts";
import { Field } from "../field.ts";
import { huffman } from "./huffman.ts";
import { STATIC } from "./static-table.ts";

/** What a visitor may keep here; his encoder knows it as the default (RFC 9113, section 6.5.2). */
const MOST_TABLE = 4096;

const known = STATIC.map(([name, value]) => new Field(name, value));

/** Why a block was not taken. `broken`: the connection is of no more use (COMPRESSION_ERROR). `large`: others may follow. */
export type BlockFault = "broken" | "large";

/** Takes field blocks apart, one after the other, as the other side has compressed them (RFC 7541). */
export class HpackDecoder {
  readonly #mostFields: number;
  readonly #mostBytes: number;
  /** The oldest first. */
  readonly #table: Field[] = [];
  #size = 0;
  #most = MOST_TABLE;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;

  /** @param limits of one block: fields, and their bytes as RFC 9113, section 6.5.2, counts them */
  constructor(limits: { readonly fields: number; readonly fieldBytes: number }) {
    this.#mostFields = limits.fields;
    this.#mostBytes = limits.fieldBytes;
  }

  /** The fields of the block `bytes[start, end)`, in their order. */
  decode(bytes: Buffer, start: number, end: number): Field[] | BlockFault {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    const fields: Field[] = [];
    let size = 0;
    let large = false;
    while (this.#at < end) {
      const first = bytes[this.#at] as number;
      if ((first & 0xe0) === 0x20) {
        // Only where a block begins (section 4.2).
        if (fields.length > 0 || large || !this.#resize(this.#integer(31))) return "broken";
        continue;
      }
      const field = first >= 128 ? this.#entry(this.#integer(127)) : this.#literal(first);
      if (!field) return "broken";
      size += field.size;
      large ||= size > this.#mostBytes || fields.length >= this.#mostFields;
      if (!large) fields.push(field);
    }
    return large ? "large" : fields;
  }

  #literal(first: number): Field | undefined {
    const keep = (first & 0x40) !== 0;
    const number = this.#integer(keep ? 63 : 15);
    const name = number === 0 ? this.#string() : this.#entry(number)?.name;
    if (name === undefined) return undefined;
    const value = this.#string();
    if (value === undefined) return undefined;
    const field = new Field(name, value);
    if (keep) this.#keep(field);
    return field;
  }

  #entry(number: number): Field | undefined {
    if (number <= 0) return undefined;
    if (number <= known.length) return known[number - 1];
    return this.#table[this.#table.length - (number - known.length)];
  }

  #keep(field: Field): void {
    this.#size += field.size;
    this.#table.push(field);
    // One that is larger than the table empties it (section 4.4).
    this.#evict();
  }

  #resize(most: number): boolean {
    if (most < 0 || most > MOST_TABLE) return false;
    this.#most = most;
    this.#evict();
    return true;
  }

  #evict(): void {
    while (this.#size > this.#most) this.#size -= this.#table.shift()?.size ?? this.#size;
  }

  /** An integer whose first bits are those of the mask (section 5.1); -1 when it is none, or larger than anything here may be. */
  #integer(mask: number): number {
    let value = (this.#bytes[this.#at++] as number) & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 14; shift += 7) {
      if (this.#at >= this.#end) return -1;
      const byte = this.#bytes[this.#at++] as number;
      value += (byte & 127) << shift;
      if (byte < 128) return value;
    }
    return -1;
  }

  #string(): string | undefined {
    if (this.#at >= this.#end) return undefined;
    const encoded = (this.#bytes[this.#at] as number) >= 128;
    const length = this.#integer(127);
    const start = this.#at;
    if (length < 0 || start + length > this.#end) return undefined;
    this.#at = start + length;
    return encoded ? huffman(this.#bytes, start, this.#at) : latin1Of(this.#bytes, start, this.#at);
  }
}
