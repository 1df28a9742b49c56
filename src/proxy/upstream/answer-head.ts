import { STATUS_CODES } from "node:http";

/** What a reason phrase may not hold (RFC 9112, section 4); Node would throw on it. */
const UNFIT = /[^\t\x20-\x7E\x80-\xFF]/;

/** The origin's reason phrase, or the usual one in place of one that cannot be sent on. */
export function reasonOf(status: number, reason: string | undefined): string {
  return reason !== undefined && !UNFIT.test(reason) ? reason : (STATUS_CODES[status] ?? "");
}

/** The header fields as the origin sent them: order, spelling and repetitions are kept, bytes are characters. */
export function fieldsOf(raw: unknown): string[] {
  return Array.isArray(raw)
    ? raw.map((part: unknown) => (Buffer.isBuffer(part) ? part.toString("latin1") : String(part)))
    : [];
}
