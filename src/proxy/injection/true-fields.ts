import type { Policies } from "./csp.ts";
import { ourTag } from "./validators.ts";

/** What changes in the head of an answer to whose body something is added. */
export interface FieldChanges {
  /** Fields that are no longer true, in lower case. */
  readonly cut: readonly string[];
  /** Fields to add then, Cache-Control apart. */
  readonly add: readonly (readonly [name: string, value: string])[];
  /** Cache-Control, when it must not stay. */
  readonly cacheControl: string | undefined;
}

export const ENFORCED = "content-security-policy";
export const REPORT_ONLY = "content-security-policy-report-only";

/** About the very bytes of the body, or parts of it (RFC 9110, section 14.3; RFC 9530; RFC 3230). */
const UNTRUE = ["accept-ranges", "digest", "content-md5", "repr-digest", "content-digest"];

/**
 * Keeps the head true. A page that is for this answer only, because of an invitation or a nonce in it, must not be used twice nor
 * be found unchanged; any other gets an ETag of ours.
 *
 * @param field gives all values of a field
 * @param once why it is for this answer only
 * @param policies when they changed
 */
export function trueFields(
  field: (name: string) => string | undefined,
  once: "invitation" | "nonce" | undefined,
  policies: Policies | undefined,
): FieldChanges {
  const cut = [...UNTRUE];
  const add: [string, string][] = [];
  const etag = field("etag");
  if (once !== undefined) cut.push("etag", "last-modified");
  else if (etag !== undefined) {
    cut.push("etag");
    add.push(["ETag", ourTag(etag)]);
  }
  if (policies) {
    cut.push(ENFORCED, REPORT_ONLY);
    for (const value of policies.enforced) add.push(["Content-Security-Policy", value]);
    for (const value of policies.reportOnly) {
      add.push(["Content-Security-Policy-Report-Only", value]);
    }
  }
  const cacheControl =
    once === "invitation" ? "no-store" : once && unrepeatable(field("cache-control") ?? "");
  return { cut, add, cacheControl };
}

/** With a nonce in it, an answer must be fetched anew each time (RFC 9111, section 5.2.2.4). */
function unrepeatable(control: string): string {
  if (/\bno-(cache|store)\b/i.test(control)) return control;
  return control === "" ? "no-cache" : `${control}, no-cache`;
}
