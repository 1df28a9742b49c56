import { latin1Of } from "../http1/latin1.ts";

/** Switches back to ASCII in ISO-2022-JP (RFC 1468). */
export const TO_ASCII = "\x1b(B";
/** To kanji and to kana; those in which the letters of a tag stay what they are (https://encoding.spec.whatwg.org/#iso-2022-jp-decoder). */
const SHIFTS: Readonly<Record<string, boolean>> = {
  "\x1b$@": true,
  "\x1b$B": true,
  "\x1b(I": true,
  [TO_ASCII]: false,
  "\x1b(J": false,
};
const ESC = "\x1b";

/** Watches which characters a document in ISO-2022-JP has switched to. */
export class Shift {
  #rest = "";
  /** What comes next would not be read as ASCII. */
  shifted = false;
  /** A switch was the last thing: another one right behind it would be an error. */
  bare = false;

  /** Takes the next bytes. */
  look(bytes: Buffer, start: number, end: number): void {
    if (end <= start) return;
    const text = this.#rest + latin1Of(bytes, start, end);
    this.bare = SHIFTS[text.slice(-3)] !== undefined;
    this.#rest = text.slice(-2);
    for (let at = text.lastIndexOf(ESC); at >= 0; at = text.slice(0, at).lastIndexOf(ESC)) {
      const shifted = SHIFTS[text.slice(at, at + 3)];
      if (shifted === undefined) continue;
      this.shifted = shifted;
      return;
    }
  }
}

/** The text without what is no ASCII. */
export function unshifted(text: string): string {
  const [first = "", ...switched] = text.split(ESC);
  return (
    first + switched.map((part) => (SHIFTS[ESC + part.slice(0, 2)] ? "" : ESC + part)).join("")
  );
}
