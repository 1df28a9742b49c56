import { isWide, type Writing, written } from "./charset.ts";
import { DocumentEnd } from "./document-end.ts";
import { type Beginning, DocumentStart } from "./document-start.ts";
import { Shift, TO_ASCII } from "./shift.ts";
import type { Out, Stage } from "./stage.ts";

/** What is to be appended to a document, of ASCII characters only. */
export interface Tail {
  readonly markup: string;
  readonly loader: string;
  /** What the document itself allows. */
  allowed(document: Beginning): Allowed;
  /** Called once, at the end of the document. */
  appended(what: Appended): void;
}

export interface Allowed {
  readonly script: boolean;
  readonly form: boolean;
  /** Why not both. */
  readonly reason?: "csp" | "base";
}

export interface Appended {
  readonly markup: boolean;
  readonly loader: boolean;
  /** Why nothing or not all was appended. */
  readonly reason?: "charset" | "csp" | "empty" | "amp" | "base" | "unfinished" | "broken" | "bomb";
}

/** What is known of a document before its body passes. */
export interface Document {
  /** How ASCII is written in it, when the answer's head says so. */
  readonly named: Writing | undefined;
  /**
   * So many bytes are to be added, whatever the document turns out to be (Content-Length): what cannot be appended is made up for
   * with white space.
   */
  readonly adds: number | undefined;
}

/** The bytes that the tail takes in such a document: undefined when only its end will tell. */
export function room(
  tail: Pick<Tail, "markup" | "loader">,
  writing: Writing,
  length: number,
): number | undefined {
  const characters = tail.markup.length + tail.loader.length;
  // Of even length, so that it can give way to white space of UTF-16.
  if (!isWide(writing)) return writing === "ascii" ? characters + (characters % 2) : undefined;
  // Behind half a character nothing can be read.
  return length % 2 === 0 ? 2 * characters : 0;
}

/** Appends to a document as it passes. Its end is the only place that is known to be one in a stream. */
export class Appending implements Stage {
  readonly adds: number | undefined;
  readonly #tail: Tail;
  readonly #start: DocumentStart;
  readonly #ending = new DocumentEnd();
  readonly #shift = new Shift();
  #length = 0;

  constructor(tail: Tail, { named, adds }: Document) {
    this.#tail = tail;
    this.#start = new DocumentStart(named);
    this.adds = adds;
  }

  take(bytes: Buffer, start: number, end: number, last: boolean, out: Out): undefined {
    this.#start.look(bytes, start, end, last);
    const { found } = this.#start;
    if (!found || found.writing === "iso-2022-jp") this.#shift.look(bytes, start, end);
    this.#length += end - start;
    if (end > start) out.put(bytes, start, end);
    if (last && found) {
      const appended = this.#end(found, bytes, start, end);
      out.put(appended, 0, appended.length);
    } else this.#ending.look(bytes, start, end);
  }

  #end(found: Beginning, bytes: Buffer, start: number, end: number): Buffer {
    const { markup, loader } = this.#tail;
    const why = this.#whyNot(found, bytes, start, end);
    if (why !== undefined) {
      this.#tail.appended({ markup: false, loader: false, reason: why });
      return this.#filled("", found.writing);
    }
    const may = this.#tail.allowed(found);
    const form = may.form ? markup : "";
    const script = may.script ? loader : "";
    const complete = form.length + script.length === markup.length + loader.length;
    this.#tail.appended({
      markup: form !== "",
      loader: script !== "",
      ...(!complete && may.reason !== undefined && { reason: may.reason }),
    });
    return this.#filled(form + script, found.writing);
  }

  /** What is added: the text, and as much white space as it takes. */
  #filled(text: string, writing: Writing): Buffer {
    const length = this.adds ?? 0;
    const characters = isWide(writing) ? length / 2 : length;
    const shifted = writing === "iso-2022-jp" && this.#shift.shifted;
    const back = shifted && Math.max(text.length, characters) > 0 ? TO_ASCII : "";
    const bytes = written((back + text).padEnd(characters), writing);
    return bytes.length < length ? Buffer.concat([bytes], length) : bytes;
  }

  #whyNot(found: Beginning, bytes: Buffer, start: number, end: number): Appended["reason"] {
    if (this.#length === 0) return "empty";
    if (!this.#fits(found.writing)) return "charset";
    if (found.amp) return "amp";
    return this.#ending.isOpen(bytes, start, end, found.writing) ? "unfinished" : undefined;
  }

  /** Whether what is appended would be read as what it is, and was promised. */
  #fits(writing: Writing): boolean {
    const { markup, loader } = this.#tail;
    const wide = isWide(writing);
    const needed = (markup.length + loader.length) * (wide ? 2 : 1);
    if (this.adds !== undefined && this.adds < needed) return false;
    if (wide) return this.#length % 2 === 0;
    const { shifted, bare } = this.#shift;
    if (writing !== "iso-2022-jp" || !shifted) return true;
    return !bare && this.adds === undefined;
  }
}
