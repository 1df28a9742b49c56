/**
 * TC strings of the IAB's Transparency and Consent Framework, version 2: what a visitor has agreed to
 * ("Consent string and vendor list formats v2", section "What are all the parts of the TC string").
 */

/** Purposes (1 to 24) that the visitor has agreed to. */
export interface TcString {
  readonly purposes: ReadonlySet<number>;
  /** The publisher's own purposes, where the string has them: what we do, we do for the publisher. */
  readonly publisher?: ReadonlySet<number>;
}

const VERSION = 2;
const PURPOSES = 24;
/** Behind the version: times, CMP, screen, language, vendor list, policy, two flags, special features. */
const BEFORE_PURPOSES = 36 + 36 + 12 + 12 + 6 + 12 + 12 + 6 + 1 + 1 + 12;
const PUBLISHER_TC = 3;
/** With all vendors that there are, a string has some 1,500 characters. */
const LONGEST = 8192;

/** What the string says; undefined unless it is whole and as the format has it. Vendors are read over: we are none. */
export function parseTcString(text: string): TcString | undefined {
  if (text.length > LONGEST) return undefined;
  const [core = "", ...others] = text.split(".");
  const purposes = purposesOfCore(core);
  if (!purposes) return undefined;
  let publisher: ReadonlySet<number> | undefined;
  for (const other of others) {
    const bits = bitsOf(other);
    if (!bits) return undefined;
    const type = bits.number(3);
    if (type === PUBLISHER_TC) {
      if (publisher) return undefined;
      publisher = bits.set(PURPOSES);
      bits.skip(PURPOSES);
      bits.skip(2 * bits.number(6));
    } else if (type === 1 || type === 2) skipVendors(bits);
    else return undefined;
    if (!bits.isWhole) return undefined;
  }
  return { purposes, ...(publisher && { publisher }) };
}

function purposesOfCore(core: string): ReadonlySet<number> | undefined {
  const bits = bitsOf(core);
  if (bits?.number(6) !== VERSION) return undefined;
  bits.skip(BEFORE_PURPOSES);
  const purposes = bits.set(PURPOSES);
  // Legitimate interests, treatment of purpose 1, the publisher's country.
  bits.skip(PURPOSES + 1 + 12);
  skipVendors(bits);
  skipVendors(bits);
  for (let left = bits.number(12); left > 0 && bits.isThere; left--) {
    bits.skip(6 + 2);
    skipRanges(bits);
  }
  return bits.isWhole ? purposes : undefined;
}

/** A set of vendors: a bit for each up to the greatest, or ranges. */
function skipVendors(bits: Bits): void {
  const greatest = bits.number(16);
  if (bits.number(1) === 0) bits.skip(greatest);
  else skipRanges(bits);
}

function skipRanges(bits: Bits): void {
  for (let left = bits.number(12); left > 0 && bits.isThere; left--) {
    bits.skip(bits.number(1) === 1 ? 32 : 16);
  }
}

function bitsOf(segment: string): Bits | undefined {
  return /^[\w-]+$/.test(segment) ? new Bits(segment) : undefined;
}

/** Six bits of each character (RFC 4648, section 5). */
const SEXTETS = new Map(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    .split("")
    .map((c, i) => [c, i]),
);

/** Numbers of some bits each, the most significant first. Past the end all are 0. */
class Bits {
  readonly #sextets: readonly number[];
  #at = 0;

  constructor(text: string) {
    this.#sextets = Array.from(text, (c) => SEXTETS.get(c) ?? 0);
  }

  /** Nothing was read that is not there. */
  get isThere(): boolean {
    return this.#at <= this.#sextets.length * 6;
  }

  /** All was read, but for what fills up the last characters, which is 0. */
  get isWhole(): boolean {
    if (!this.isThere) return false;
    const end = this.#sextets.length * 6;
    while (this.#at < end) if (this.number(1) !== 0) return false;
    return true;
  }

  number(length: number): number {
    let value = 0;
    for (let left = length; left > 0; left--) {
      const sextet = this.#sextets[Math.floor(this.#at / 6)] ?? 0;
      value = value * 2 + ((sextet >> (5 - (this.#at % 6))) & 1);
      this.#at++;
    }
    return value;
  }

  /** The positions, from 1, of the bits that are 1. */
  set(length: number): ReadonlySet<number> {
    const set = new Set<number>();
    for (let i = 1; i <= length; i++) if (this.number(1) === 1) set.add(i);
    return set;
  }

  skip(length: number): void {
    this.#at += length;
  }
}
