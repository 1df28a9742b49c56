import { Transform } from "node:stream";
import { startsWide } from "./charset.ts";
import type { Stage } from "./stage.ts";

/** What is to be appended to a document. ASCII only; together of even length, so that it can give way to UTF-16 spaces. */
export interface Tail {
  readonly markup: string;
  readonly loader: string;
  /** How many bytes it adds has been promised (Content-Length): what cannot be appended is made up for with white space. */
  readonly promised: boolean;
  /** What the policies that the document itself carries (`<meta>`) allow. */
  allowed(policies: readonly string[]): { readonly script: boolean; readonly form: boolean };
  /** Called once, at the end of the document. */
  appended(what: Appended): void;
}

export interface Appended {
  readonly markup: boolean;
  readonly loader: boolean;
  /** Why nothing or not all was appended. */
  readonly reason?: "charset" | "csp" | "empty";
}

/** Policies have to come in the head of a document; nobody writes a longer one. */
const SEARCHED_BYTES = 64 * 1024;

/** Appends to a document as it passes. Its end is the only place that is known to be one in a stream. */
export function appendingTo(tail: Tail): Transform {
  const head: Buffer[] = [];
  let searched = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      if (searched < SEARCHED_BYTES) {
        head.push(chunk);
        searched += chunk.length;
      }
      done(null, chunk);
    },
    flush(done) {
      done(null, endOf(Buffer.concat(head), tail));
    },
  });
}

/** The same in one turn, for bodies that are not encoded. */
export function tailStage(tail: Tail): Stage {
  const head: Buffer[] = [];
  let searched = 0;
  return {
    adds: tail.promised ? tail.markup.length + tail.loader.length : undefined,
    take(bytes, start, end, last, out) {
      if (searched < SEARCHED_BYTES && end > start) {
        head.push(Buffer.from(bytes.subarray(start, end)));
        searched += end - start;
      }
      out.put(bytes, start, end);
      if (!last) return;
      const rest = endOf(Buffer.concat(head), tail);
      out.put(rest, 0, rest.length);
    },
  };
}

function endOf(head: Buffer, tail: Tail): Buffer {
  const { markup, loader } = tail;
  const all = markup.length + loader.length;
  if (startsWide(head)) {
    tail.appended({ markup: false, loader: false, reason: "charset" });
    return tail.promised ? wideSpaces(all, head[0] === 0xff) : NOTHING;
  }
  if (head.length === 0) {
    tail.appended({ markup: false, loader: false, reason: "empty" });
    return tail.promised ? Buffer.alloc(all, " ") : NOTHING;
  }
  const may = tail.allowed(metaPolicies(head.toString("latin1")));
  const [form, script] = [may.form ? markup : "", may.script ? loader : ""];
  const complete = form.length + script.length === all;
  tail.appended({
    markup: form !== "",
    loader: script !== "",
    ...(!complete && { reason: "csp" }),
  });
  return Buffer.from((form + script).padEnd(tail.promised ? all : 0), "latin1");
}

const NOTHING = Buffer.alloc(0);

/** UTF-16 white space; an odd byte at the end is made up for, too. */
function wideSpaces(bytes: number, littleEndian: boolean): Buffer {
  const spaces = Buffer.from(" ".repeat(Math.ceil(bytes / 2)), "utf16le");
  return (littleEndian ? spaces : spaces.swap16()).subarray(0, bytes);
}

/** Short, and ended by the next tag, so that searching takes time in proportion to the document's length. */
const META = /<meta\b[^<>]{0,8192}>/gi;
const IS_POLICY = /\bhttp-equiv\s*=[\s"']*content-security-policy(?![\w-])/i;
const CONTENT = /\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i;
const REFERENCES: Readonly<Record<string, string>> = { "#39": "'", apos: "'", quot: '"', amp: "&" };

/** The policies in a document's `<meta>` elements; they count like headers for what comes after them. */
export function metaPolicies(html: string): string[] {
  const metas = [...html.matchAll(META)].map(([meta]) => meta);
  return metas
    .filter((meta) => IS_POLICY.test(meta))
    .map((meta) => {
      const [, double, single, bare] = CONTENT.exec(meta) ?? [];
      return (double ?? single ?? bare ?? "").replace(
        /&(#39|apos|quot|amp);/g,
        (_, name: string) => REFERENCES[name] ?? "",
      );
    });
}
