import type { Head } from "./head.ts";
import { writeLatin1 } from "./latin1.ts";

/**
 * Changes to a head, made in place: what is cut closes up towards the end, what is added stands first among the fields. The rest
 * of the message stays where it is, so that head and body still leave in one write.
 */
export class HeadEdit {
  readonly #cuts: number[] = [];
  #added = "";

  begin(): void {
    this.#cuts.length = 0;
    this.#added = "";
  }

  /** Leaves out `[start, end)` of the head's bytes; ranges must not overlap. */
  cut(start: number, end: number): void {
    this.#cuts.push(start, end);
  }

  /** Leaves out a field with its line. */
  cutField(head: Head, i: number): void {
    this.cut(head.nameStart[i] as number, head.lineEnd[i] as number);
  }

  /** Leaves out each field of that name, in lower case. */
  cutNamed(head: Head, name: string): void {
    if (!head.mayHave(name)) return;
    for (let i = 0; i < head.count; i++) if (head.isNamed(i, name)) this.cutField(head, i);
  }

  /** Adds whole lines, each with its CRLF; one byte for each character. */
  add(lines: string): void {
    this.#added += lines;
  }

  /** Adds a field. Characters that would end the line are never part of a value that was scanned, and are left out. */
  addField(name: string, value: string): void {
    this.#added += `${name}: ${value.replaceAll(/[\r\n\0]/g, "")}\r\n`;
  }

  /** Makes the changes and returns where the head starts now; its end stays. There must be room in front of it. */
  apply(head: Head): number {
    const { bytes, start, fieldsStart, end } = head;
    const cuts = this.#cuts;
    if (cuts.length === 0 && this.#added === "") return start;
    if (cuts.length > 2) sortPairs(cuts);
    let to = end;
    let from = end;
    let i = cuts.length - 2;
    for (; i >= 0 && (cuts[i] as number) >= fieldsStart; i -= 2) {
      const length = from - (cuts[i + 1] as number);
      to -= length;
      if (to !== from - length) bytes.copyWithin(to, from - length, from);
      from = cuts[i] as number;
    }
    const length = from - fieldsStart;
    to -= length;
    if (to !== fieldsStart) bytes.copyWithin(to, fieldsStart, from);
    const added = to;
    to -= this.#added.length;
    from = fieldsStart;
    for (; i >= 0; i -= 2) {
      const part = from - (cuts[i + 1] as number);
      to -= part;
      bytes.copyWithin(to, from - part, from);
      from = cuts[i] as number;
    }
    to -= from - start;
    if (to !== start) bytes.copyWithin(to, start, from);
    // Last, for it may stand where the first line stood.
    if (this.#added !== "") writeLatin1(bytes, this.#added, added - this.#added.length);
    return to;
  }
}

/** Sorts pairs by their first number; there are few, and nearly in order. */
function sortPairs(pairs: number[]): void {
  for (let i = 2; i < pairs.length; i += 2) {
    const [a, b] = [pairs[i] as number, pairs[i + 1] as number];
    let k = i - 2;
    for (; k >= 0 && (pairs[k] as number) > a; k -= 2) {
      pairs[k + 2] = pairs[k] as number;
      pairs[k + 3] = pairs[k + 1] as number;
    }
    pairs[k + 2] = a;
    pairs[k + 3] = b;
  }
}
