import { latin1Of } from "../http1/latin1.ts";
import { isWide, narrowed, type Writing, writingAt } from "./charset.ts";
import { baseOf, isAmp, metaPolicies } from "./page-start.ts";

/** What the beginning of a document says about what may be appended to it. */
export interface Beginning {
  /** How ASCII is written in it. */
  readonly writing: Writing;
  readonly amp: boolean;
  /** Where its relative URLs start. */
  readonly base: string | undefined;
  /** The policies that the document itself carries. */
  readonly policies: readonly string[];
}

/** A policy has to come before what it is about: nobody writes one behind more than this. */
const SEARCHED_BYTES = 8 * 1024;
/** `<html>` and `<base>` come sooner. */
const READ_CHARACTERS = 1024;
const HYPHEN = 45;
/** In lower case; from each of its letters, how far it is to its end, and from all that it has not. */
const POLICY = Buffer.from("content-security-policy");
const STEP = new Uint8Array(256).fill(POLICY.length);
for (const [i, byte] of POLICY.subarray(0, -1).entries()) {
  STEP[byte] = POLICY.length - 1 - i;
  if (byte !== HYPHEN) STEP[byte - 32] = POLICY.length - 1 - i;
}
const PLAIN: Beginning = { writing: "ascii", amp: false, base: undefined, policies: [] };
/** One that a `<meta>` names; browsers take no other from there in which ASCII is not ASCII. */
const JAPANESE = /iso-?2022-?jp/i;

/** Looks at a document's first bytes as they pass. Only a document that comes in pieces is copied, as far as it is searched. */
export class DocumentStart {
  #held: Buffer | undefined;
  #filled = 0;
  #found: Beginning | undefined;
  readonly #named: Writing | undefined;

  /** @param named by the answer's head */
  constructor(named: Writing | undefined) {
    this.#named = named;
  }

  /** Takes the next bytes. */
  look(bytes: Buffer, start: number, end: number, last: boolean): void {
    if (this.#found) return;
    if (!this.#held && (last || end - start >= SEARCHED_BYTES)) {
      this.#found = search(bytes, start, Math.min(end, start + SEARCHED_BYTES), this.#named);
      return;
    }
    this.#held ??= Buffer.allocUnsafe(SEARCHED_BYTES);
    this.#filled += bytes.copy(this.#held, this.#filled, start, end);
    if (!last && this.#filled < SEARCHED_BYTES) return;
    this.#found = search(this.#held, 0, this.#filled, this.#named);
    this.#held = undefined;
  }

  /** Undefined until enough has been seen, or the last bytes. */
  get found(): Beginning | undefined {
    return this.#found;
  }
}

function search(bytes: Buffer, start: number, end: number, named: Writing | undefined): Beginning {
  const told = writingAt(bytes, start, end, named);
  if (told !== undefined && isWide(told)) {
    const text = narrowed(bytes, start, end, told);
    return { ...said(text, 0, text.length, "ascii"), writing: told };
  }
  return said(bytes, start, end, told);
}

function said(bytes: Buffer, start: number, end: number, told: Writing | undefined): Beginning {
  const head = latin1Of(bytes, start, Math.min(end, start + READ_CHARACTERS));
  const writing = told ?? (JAPANESE.test(head) ? "iso-2022-jp" : "ascii");
  const [amp, base] = [isAmp(head), baseOf(head)];
  const carries = namesPolicy(bytes, start, end);
  if (writing === "ascii" && !amp && base === undefined && !carries) return PLAIN;
  return { writing, amp, base, policies: carries ? metaPolicies(latin1Of(bytes, start, end)) : [] };
}

/** Whether the bytes name a policy, in any case (Horspool, "Practical fast searching in strings", 1980). */
function namesPolicy(bytes: Buffer, start: number, end: number): boolean {
  const most = POLICY.length - 1;
  for (let at = start + most; at < end; at += STEP[bytes[at] as number] as number) {
    let i = 0;
    while (i <= most && lower(bytes[at - i] as number) === POLICY[most - i]) i++;
    if (i > most) return true;
  }
  return false;
}

const lower = (byte: number) => (byte >= 65 && byte <= 90 ? byte + 32 : byte);
