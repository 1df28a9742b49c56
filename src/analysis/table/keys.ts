import type { VisitorRef } from "../../model/visitor.ts";
import type { Row } from "../row.ts";

/** The key of the row of a visitor whose cookie came back. Keys are of one site. */
export function visitorKey(site: string, visitorId: string): string {
  return `${site} v ${visitorId}`;
}

/** The key of the row of whoever has brought no cookie. */
export function addressKey(site: string, key: string): string {
  return `${site} a ${key}`;
}

/** The key of the row a visitor gets: by cookie when one came back, else by address. */
export function keyOf(site: string, ref: VisitorRef): string {
  return ref.cookie === "returned" && ref.visitorId !== undefined
    ? visitorKey(site, ref.visitorId)
    : addressKey(site, ref.addressKey);
}

/** What a row is found by; changes once, when the first cookie comes back. */
export function keyOfRow({ session, visitorId, addressKey: key }: Row): string {
  return visitorId === undefined
    ? addressKey(session.site, key)
    : visitorKey(session.site, visitorId);
}
