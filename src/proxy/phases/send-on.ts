import { type Exchange, keysOf } from "../exchange.ts";

/** A visitor for whom an agent chose the next page is sent there, once [0034]. True when that is the answer. */
export function sendOn(x: Exchange): boolean {
  if (!x.site || !x.navigation) return false;
  const page = x.edge.link.takeNextPage(x.site.name, keysOf(x));
  // Whoever is on the way there already needs no help.
  if (!page || page.path === x.request.url) return false;
  x.response.writeHead(302, {
    Location: location(page.path),
    "Cache-Control": "no-store",
    "Content-Length": "0",
  });
  x.response.end();
  return true;
}

/** The path as a URI reference: what is not ASCII in UTF-8 and per cent (RFC 3987, section 3.1). */
export function location(path: string): string {
  return path.toWellFormed().replaceAll(/[^!-~]+/g, encodeURIComponent);
}
