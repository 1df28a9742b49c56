import { ChunkReader } from "../http1/chunks.ts";
import { firstOf, pairsOf } from "./place.ts";

/** As much of a form as is looked at. */
const MOST_BYTES = 16_384;
/** RFC 2046, section 5.1.1. */
const BOUNDARY = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i;
/** How deep in JSON a field may stand. */
const DEEPEST = 4;
const FIELD = /^content-disposition:[ \t]*form-data;[ \t]*name="([^"]{1,200})"[ \t]*$/im;

/** How the fields are written. */
type Coding = "urlencoded" | "json" | { readonly boundary: string };

/**
 * Looks at a form while it passes: it copies the first 16 KB, and neither delays nor changes anything. Field by name, when the
 * answer is there.
 */
export class FormReader {
  readonly #coding: Coding;
  readonly #chunks: ChunkReader | undefined;
  readonly #taken: Buffer[] = [];
  #length = 0;
  #cut = false;

  constructor(coding: Coding, chunked: boolean) {
    this.#coding = coding;
    this.#chunks = chunked ? new ChunkReader() : undefined;
  }

  /** The next of the body's bytes, framed as they came. They are lent. */
  take(bytes: Buffer, start: number, end: number): void {
    if (this.#cut) return;
    if (this.#chunks)
      this.#chunks.read(bytes, start, end, (from, to) => this.#keep(bytes, from, to));
    else this.#keep(bytes, start, end);
  }

  /** The fields that have come whole; of several with one name the first. @param whole all of the form has come */
  fields(whole: boolean): ReadonlyMap<string, string> {
    const bytes = Buffer.concat(this.#taken, this.#length);
    const coding = this.#coding;
    if (typeof coding === "object") return firstOf(partsOf(bytes, coding.boundary));
    const text = bytes.toString("utf8");
    if (coding === "json") return whole && !this.#cut ? firstOf(membersOf(text)) : new Map();
    const end = whole && !this.#cut ? text.length : Math.max(0, text.lastIndexOf("&"));
    return firstOf(pairsOf(text.slice(0, end)));
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    const stop = Math.min(end, start + MOST_BYTES - this.#length);
    this.#cut = stop < end;
    if (stop === start) return;
    this.#taken.push(Buffer.from(bytes.subarray(start, stop)));
    this.#length += stop - start;
  }
}

/** A reader for a body of this type; undefined when it is no form. Scripts send theirs as JSON. */
export function formReader(contentType: string, chunked: boolean): FormReader | undefined {
  const [type = ""] = contentType.split(";", 1);
  switch (type.trim().toLowerCase()) {
    case "application/x-www-form-urlencoded":
      return new FormReader("urlencoded", chunked);
    case "multipart/form-data": {
      const [, quoted, bare] = BOUNDARY.exec(contentType) ?? [];
      const boundary = quoted ?? bare;
      return boundary === undefined ? undefined : new FormReader({ boundary }, chunked);
    }
    case "application/json":
      return new FormReader("json", chunked);
    default:
      return undefined;
  }
}

/** The fields of a multipart form that are no files (RFC 7578, section 4.2). A part counts when the next has begun. */
function partsOf(bytes: Buffer, boundary: string): (readonly [string, string])[] {
  const parts = `\r\n${bytes.toString("latin1")}`.split(`\r\n--${boundary}`).slice(1, -1);
  return parts.flatMap((part) => {
    const end = part.indexOf("\r\n\r\n");
    const [, name] = FIELD.exec(part.slice(0, Math.max(0, end))) ?? [];
    if (name === undefined) return [];
    return [[utf8(name), utf8(part.slice(end + 4))] as const];
  });
}

/** What stands in the members of JSON (RFC 8259), those inside others by a name with dots: `customer.mail`. */
function membersOf(text: string): (readonly [string, string])[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [];
  }
  return under(json, "", 0);
}

function under(value: unknown, name: string, depth: number): (readonly [string, string])[] {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    if (depth === DEEPEST) return [];
    return Object.entries(value).flatMap(([key, one]) =>
      under(one, name === "" ? key : `${name}.${key}`, depth + 1),
    );
  }
  const simple = typeof value === "string" || typeof value === "number";
  return simple && name !== "" ? [[name, String(value)]] : [];
}

const utf8 = (latin1: string) => Buffer.from(latin1, "latin1").toString("utf8");
