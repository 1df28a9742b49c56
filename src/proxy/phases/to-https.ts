import type { Answer } from "../answer.ts";
import type { Exchange } from "../exchange.ts";
import { answerWith } from "../own-page.ts";

/** Whoever vouches for a host's name asks there by plain HTTP (RFC 8555, section 8.3). */
const CHALLENGES = "/.well-known/acme-challenge/";

/**
 * Sends who comes by plain HTTP to the same place by HTTPS, where the site wants that: true when it has. What pages that are open
 * ask of us goes on as it was: another scheme is another origin for them.
 */
export function toHttps(x: Exchange): boolean {
  const port = x.rules?.redirect;
  if (port === undefined || x.secure) return false;
  const { target, site } = x;
  if (target.startsWith(CHALLENGES) || target.startsWith(site?.reservedPath ?? CHALLENGES)) {
    return false;
  }
  // Who waits for 100 may or may not send a body now: nobody can tell where his next request begins.
  if (x.awaitsContinue) x.close = true;
  const location = `https://${x.connection.known.host}${port}${target.replaceAll(/[^!-~]/g, percent)}`;
  answerWith(x, 308, `Location: ${location}\r\n`, "");
  return true;
}

/** A byte that is not ASCII, as a URI has it (RFC 3986, section 2.1). */
function percent(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

/** Tells browsers to come by HTTPS only, unless the origin has its own say; by plain HTTP that would count for nothing (RFC 6797, section 7.2). */
export function promiseHttps(x: Exchange, { head, edit }: Answer): void {
  const hsts = x.rules?.hsts;
  if (hsts === undefined || !x.secure || head.get(FIELD) !== undefined) return;
  edit.addField("Strict-Transport-Security", hsts);
}

const FIELD = "strict-transport-security";
