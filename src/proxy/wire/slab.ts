import { HEADROOM, MOST_READ, TAILROOM } from "./wire.ts";

/** A reader that can be told where to read to. */
export interface SlabReader {
  readInto(view: Buffer): void;
}

/** So many readers share one slab: few enough to be told of a new buffer, many enough that idle ones cost nothing. */
const READERS = 64;

/**
 * Memory that many connections read into, one after the other: what was read is dealt with before the next read. When a write
 * from it is not finished at once, the buffer is left to that write and the readers get another.
 */
export class Slab {
  bytes: Buffer = newBuffer();
  #readers = new Set<SlabReader>();

  view(): Buffer {
    return this.bytes.subarray(HEADROOM, HEADROOM + MOST_READ);
  }

  join(reader: SlabReader): boolean {
    if (this.#readers.size >= READERS) return false;
    this.#readers.add(reader);
    return true;
  }

  leave(reader: SlabReader): void {
    if (this.#readers.size === READERS) roomy.add(this);
    this.#readers.delete(reader);
    if (this.#readers.size === 0) roomy.delete(this);
  }

  /** The buffer is somebody else's from now on. */
  giveAway(): void {
    this.bytes = newBuffer();
    const view = this.view();
    for (const reader of this.#readers) reader.readInto(view);
  }

  get full(): boolean {
    return this.#readers.size >= READERS;
  }
}

function newBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(HEADROOM + MOST_READ + TAILROOM);
}

const roomy = new Set<Slab>();

/** A slab with a place for one more reader, who has it. */
export function slabFor(reader: SlabReader): Slab {
  for (const slab of roomy) {
    if (!slab.join(reader)) continue;
    if (slab.full) roomy.delete(slab);
    return slab;
  }
  const slab = new Slab();
  slab.join(reader);
  roomy.add(slab);
  return slab;
}

/** The slab that is being read from at this moment: its bytes are valid until the reader's callback returns. */
let current: Slab | undefined;

/** The slab's bytes are lent to whoever deals with what was read; until `lentOut` is called again without one. */
export function lentOut(slab: Slab | undefined): void {
  current = slab;
}

/** To be called when a write from `bytes` goes on after the call: a slab's bytes are then the writer's. */
export function keepForWriting(bytes: Buffer): void {
  if (current?.bytes.buffer === bytes.buffer) current.giveAway();
}
