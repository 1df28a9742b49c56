import { type Exchange, keysOf } from "../exchange.ts";
import { answerWith } from "../own-page.ts";

/** A visitor for whom an agent chose the next page is sent there, once [0034]. True when that is the answer. */
export function sendOn(x: Exchange): boolean {
  if (!x.site || !x.navigation) return false;
  const page = x.edge.link.takeNextPage(x.site.name, keysOf(x));
  // Whoever is on the way there already needs no help.
  if (!page || page.path === x.target) return false;
  answerWith(x, 302, `Location: ${location(page.path)}\r\nCache-Control: no-store\r\n`);
  return true;
}

/** The path as a URI reference: what is not ASCII in UTF-8 and per cent (RFC 3987, section 3.1). */
export function location(path: string): string {
  return path.toWellFormed().replaceAll(/[^!-~]+/g, encodeURIComponent);
}
