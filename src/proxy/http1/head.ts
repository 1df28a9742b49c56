import { latin1Of } from "./latin1.ts";
import { MOST_KNOWN, nameId, OTHER, TOKEN } from "./names.ts";

/** More fields than any honest sender has. */
export const MOST_FIELDS = 200;

/** The head is not complete yet. */
export const INCOMPLETE = 0;

/**
 * Where everything is in the head of a message: positions in the bytes it was scanned from. One such object serves many heads,
 * each until the next is scanned.
 */
export class Head {
  bytes: Buffer = Buffer.alloc(0);
  /** Of the message. */
  start = 0;
  /** Behind the first line's CRLF. */
  fieldsStart = 0;
  /** Of the empty line. */
  fieldsEnd = 0;
  /** Behind the empty line. */
  end = 0;
  /** Number of fields. */
  count = 0;
  readonly nameStart = new Int32Array(MOST_FIELDS);
  readonly nameEnd = new Int32Array(MOST_FIELDS);
  readonly valueStart = new Int32Array(MOST_FIELDS);
  readonly valueEnd = new Int32Array(MOST_FIELDS);
  readonly lineEnd = new Int32Array(MOST_FIELDS);
  readonly ids = new Uint8Array(MOST_FIELDS);
  /** For each known name the first field of it, -1 without. */
  readonly first = new Int16Array(MOST_KNOWN);
  /** Bit of each known name that came more than once. */
  repeated = 0;
  /** Bits of the lengths and first letters of names that there are: most names that are asked for are not there. */
  lengths = 0;
  initials = 0;

  has(id: number): boolean {
    return (this.first[id] ?? -1) >= 0;
  }

  /** The value of the first field of that name. */
  value(id: number): string | undefined {
    const i = this.first[id] ?? -1;
    return i < 0 ? undefined : this.valueAt(i);
  }

  valueAt(i: number): string {
    return latin1Of(this.bytes, this.valueStart[i] as number, this.valueEnd[i] as number);
  }

  /** Whether the value of the first field of that name is, or begins with, this word, in lower case. */
  begins(id: number, word: string): boolean {
    const i = this.first[id] as number;
    if (i < 0) return false;
    const start = this.valueStart[i] as number;
    if ((this.valueEnd[i] as number) - start < word.length) return false;
    for (let k = 0; k < word.length; k++) {
      const byte = this.bytes[start + k] as number;
      const lower = byte >= 65 && byte <= 90 ? byte + 32 : byte;
      if (lower !== word.charCodeAt(k)) return false;
    }
    return true;
  }

  /** Whether the value of the first field of that name is exactly this. */
  equals(id: number, value: string): boolean {
    const i = this.first[id] as number;
    if (i < 0) return false;
    const start = this.valueStart[i] as number;
    if ((this.valueEnd[i] as number) - start !== value.length) return false;
    for (let k = 0; k < value.length; k++) {
      if (this.bytes[start + k] !== value.charCodeAt(k)) return false;
    }
    return true;
  }

  /** Whether there is one such field, and its value is this word, in lower case. */
  is(id: number, word: string): boolean {
    if (this.isRepeated(id) || !this.begins(id, word)) return false;
    const i = this.first[id] as number;
    return (this.valueEnd[i] as number) - (this.valueStart[i] as number) === word.length;
  }

  isRepeated(id: number): boolean {
    return (this.repeated & (1 << id)) !== 0;
  }

  /** False when there is certainly no field of that name. */
  mayHave(name: string): boolean {
    return (
      (this.lengths & (1 << (name.length & 31))) !== 0 &&
      (this.initials & (1 << (name.charCodeAt(0) & 31))) !== 0
    );
  }

  /** All values of a field as a list (RFC 9110, section 5.3); `name` in lower case. */
  get(name: string): string | undefined {
    if (!this.mayHave(name)) return undefined;
    let found: string | undefined;
    for (let i = 0; i < this.count; i++) {
      if (!this.isNamed(i, name)) continue;
      found = found === undefined ? this.valueAt(i) : `${found}, ${this.valueAt(i)}`;
    }
    return found;
  }

  /** Each value of a field; `name` in lower case. */
  all(name: string): string[] {
    const values: string[] = [];
    if (!this.mayHave(name)) return values;
    for (let i = 0; i < this.count; i++) if (this.isNamed(i, name)) values.push(this.valueAt(i));
    return values;
  }

  /** Whether the field has this name, in lower case. */
  isNamed(i: number, name: string): boolean {
    const start = this.nameStart[i] ?? 0;
    if ((this.nameEnd[i] ?? 0) - start !== name.length) return false;
    for (let k = 0; k < name.length; k++) {
      if (TOKEN[this.bytes[start + k] ?? 0] !== name.charCodeAt(k)) return false;
    }
    return true;
  }

  /** Whether the field's value is or, as a list, holds this word, in lower case. */
  lists(id: number, word: string): boolean {
    if (!this.has(id)) return false;
    if (!this.isRepeated(id) && this.is(id, word)) return true;
    for (let i = this.first[id] as number; i < this.count; i++) {
      if (this.ids[i] !== id) continue;
      const value = this.valueAt(i).toLowerCase();
      if (value === word) return true;
      if (value.includes(word) && value.split(",").some((part) => part.trim() === word))
        return true;
    }
    return false;
  }

  /**
   * Scans the fields from `start`, which is behind the first line. Returns the position behind the empty line, INCOMPLETE, or -1
   * when it is no head that everybody reads alike: bare CR or LF, folded lines, white space before the colon, control bytes,
   * more than MOST_FIELDS (RFC 9112, sections 2.2 and 5.1). `bytes[end]` may be written to.
   */
  protected scanFields(start: number, end: number): number {
    const { bytes, nameStart, nameEnd, valueStart, valueEnd, lineEnd, ids, first } = this;
    this.fieldsStart = start;
    this.repeated = 0;
    this.lengths = 0;
    this.initials = 0;
    for (let id = 0; id < MOST_KNOWN; id++) first[id] = -1;
    // Neither token nor value: no loop below runs past it.
    const kept = bytes[end] ?? 0;
    bytes[end] = 10;
    let p = start;
    let count = 0;
    let result = -1;
    for (;;) {
      if (bytes[p] === 13) {
        if (p + 1 >= end) result = INCOMPLETE;
        else if (bytes[p + 1] === 10) result = p + 2;
        break;
      }
      const name = p;
      p = nameEndFrom(bytes, p);
      if (p === end) {
        result = INCOMPLETE;
        break;
      }
      if (bytes[p] !== 58 || p === name || count === MOST_FIELDS) break;
      const colon = p++;
      while (bytes[p] === 32 || bytes[p] === 9) p++;
      const value = p;
      p = valueEndFrom(bytes, p);
      if (p === end || (bytes[p] === 13 && p + 1 === end)) {
        result = INCOMPLETE;
        break;
      }
      if (bytes[p] !== 13 || bytes[p + 1] !== 10) break;
      const id = nameId(bytes, name, colon);
      if (id !== OTHER) {
        if (first[id] === -1) first[id] = count;
        else this.repeated |= 1 << id;
      }
      this.lengths |= 1 << ((colon - name) & 31);
      this.initials |= 1 << ((bytes[name] as number) & 31);
      nameStart[count] = name;
      nameEnd[count] = colon;
      valueStart[count] = value;
      let trimmed = p;
      while (trimmed > value && (bytes[trimmed - 1] === 32 || bytes[trimmed - 1] === 9)) trimmed--;
      valueEnd[count] = trimmed;
      p += 2;
      lineEnd[count] = p;
      ids[count] = id;
      count++;
    }
    bytes[end] = kept;
    this.count = count;
    this.fieldsEnd = result > 0 ? result - 2 : 0;
    this.end = result > 0 ? result : 0;
    return result;
  }
}

/** The position of the first byte from `p` that a name may not hold; there must be one. Nearly all names are letters and hyphens. */
function nameEndFrom(bytes: Uint8Array, p: number): number {
  let at = p;
  for (;;) {
    let byte = bytes[at] as number;
    while (((byte | 32) - 97) >>> 0 < 26 || byte === 45) byte = bytes[++at] as number;
    if (byte === 58 || TOKEN[byte] === 0) return at;
    at++;
  }
}

/**
 * The position of the first byte from `p` that a value may not hold (RFC 9110, section 5.5): a control byte other than the tab. There
 * must be one. Comparing is three times as fast as looking up in a table.
 */
export function valueEndFrom(bytes: Uint8Array, p: number): number {
  let at = p;
  for (;;) {
    let byte = bytes[at] as number;
    while (byte > 31 && byte !== 127) byte = bytes[++at] as number;
    if (byte !== 9) return at;
    at++;
  }
}

/** A whole number of at most 15 digits, nothing else (RFC 9110, section 8.6); -1 otherwise. */
export function digits(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start || end - start > 15) return -1;
  let number = 0;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}
