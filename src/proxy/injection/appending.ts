import { DocumentEnd } from "./document-end.ts";
import { type Beginning, DocumentStart } from "./document-start.ts";
import type { Out, Stage } from "./stage.ts";

/** What is to be appended to a document. ASCII only; together of even length, so that it can give way to UTF-16 spaces. */
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

/** Appends to a document as it passes. Its end is the only place that is known to be one in a stream. */
export class Appending implements Stage {
  readonly adds: number | undefined;
  readonly #tail: Tail;
  readonly #start = new DocumentStart();
  readonly #ending = new DocumentEnd();
  #empty = true;

  /** @param promised the length of what is added has to hold (Content-Length): what cannot be appended is made up for with white space */
  constructor(tail: Tail, promised: boolean) {
    this.#tail = tail;
    this.adds = promised ? tail.markup.length + tail.loader.length : undefined;
  }

  take(bytes: Buffer, start: number, end: number, last: boolean, out: Out): undefined {
    this.#start.look(bytes, start, end, last);
    if (end > start) {
      this.#empty = false;
      out.put(bytes, start, end);
    }
    if (last) {
      const appended = this.#end(bytes, start, end);
      out.put(appended, 0, appended.length);
    } else this.#ending.look(bytes, start, end);
  }

  #end(bytes: Buffer, start: number, end: number): Buffer {
    const { markup, loader } = this.#tail;
    const { found } = this.#start;
    const why = this.#whyNot(bytes, start, end);
    if (why !== undefined) {
      this.#tail.appended({ markup: false, loader: false, reason: why });
      return blanks(this.adds ?? 0, found.wide);
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
    return Buffer.from((form + script).padEnd(this.adds ?? 0), "latin1");
  }

  #whyNot(bytes: Buffer, start: number, end: number): Appended["reason"] {
    const { found } = this.#start;
    if (this.#empty) return "empty";
    if (found.wide) return "charset";
    if (found.amp) return "amp";
    return this.#ending.isOpen(bytes, start, end) ? "unfinished" : undefined;
  }
}

/** White space of the document's own kind; an odd byte at the end is made up for, too. */
function blanks(bytes: number, wide: Beginning["wide"]): Buffer {
  if (!wide) return Buffer.alloc(bytes, " ");
  const spaces = Buffer.from(" ".repeat(Math.ceil(bytes / 2)), "utf16le");
  return (wide === "little" ? spaces : spaces.swap16()).subarray(0, bytes);
}
