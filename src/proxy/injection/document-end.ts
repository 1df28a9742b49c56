import { latin1Of } from "../http1/latin1.ts";
import { isWide, narrowed, type Writing } from "./charset.ts";
import { unshifted } from "./shift.ts";

/** So much of the end is read: whoever leaves an element open has done so just before. */
const READ_BYTES = 1024;
const FINISHED_CHARACTERS = 32;
const FINISHED = /<\/(?:html|body)[\t\n\f\r ]*>[\t\n\f\r ]*$/i;
/** What makes text of all that follows, up to its own end. */
const OPENS =
  /<!--|<(?:textarea|title|script|style|xmp|iframe|noembed|noframes|plaintext)(?=[\t\n\f\r />])/gi;

/** Remembers a document's last bytes as they pass. */
export class DocumentEnd {
  #held: Buffer | undefined;

  /** Takes the next bytes. */
  look(bytes: Buffer, start: number, end: number): void {
    if (!this.#held || end - start >= READ_BYTES) {
      this.#held = Buffer.from(bytes.subarray(Math.max(start, end - READ_BYTES), end));
    } else if (end > start) {
      this.#held = Buffer.concat([this.#held, bytes.subarray(start, end)]).subarray(-READ_BYTES);
    }
  }

  /**
   * Whether the document, of which these are the last bytes, ends where markup would be text: in a comment, a tag, or an element
   * like `<textarea>`.
   */
  isOpen(bytes: Buffer, start: number, end: number, writing: Writing = "ascii"): boolean {
    if (isWide(writing)) return isOpen(this.#narrowed(bytes, start, end, writing));
    if (writing !== "iso-2022-jp" && end - start >= FINISHED_CHARACTERS) {
      // Nearly always.
      if (FINISHED.test(latin1Of(bytes, end - FINISHED_CHARACTERS, end))) return false;
    }
    const text =
      !this.#held || end - start >= READ_BYTES
        ? latin1Of(bytes, Math.max(start, end - READ_BYTES), end)
        : latin1Of(this.#held, 0, this.#held.length) + latin1Of(bytes, start, end);
    return isOpen(writing === "iso-2022-jp" ? unshifted(text) : text);
  }

  /** The last bytes of an even number of them. */
  #narrowed(bytes: Buffer, start: number, end: number, writing: Writing): string {
    const all = Buffer.concat([this.#held ?? NOTHING, bytes.subarray(start, end)]);
    const text = narrowed(all, all.length & 1, all.length, writing);
    return latin1Of(text, 0, text.length);
  }
}

const NOTHING = Buffer.alloc(0);

function isOpen(text: string): boolean {
  if (FINISHED.test(text.slice(-FINISHED_CHARACTERS))) return false;
  const lower = text.toLowerCase();
  OPENS.lastIndex = 0;
  for (let opens = OPENS.exec(lower); opens; opens = OPENS.exec(lower)) {
    const [what] = opens;
    const closes = lower.indexOf(what === "<!--" ? "-->" : `</${what.slice(1)}`, OPENS.lastIndex);
    if (closes < 0) return true;
    OPENS.lastIndex = closes;
  }
  const tag = lower.lastIndexOf("<");
  return tag > lower.lastIndexOf(">") && /^<[a-z/!?]/.test(lower.slice(tag, tag + 2));
}
