import { type Exchange, keysOf } from "../exchange.ts";

/** A visitor for whom an agent chose the next page is sent there, once. True when that is the answer. */
export function sendOn(x: Exchange): boolean {
  if (!x.site || !x.navigation) return false;
  const page = x.edge.link.takeNextPage(x.site.name, keysOf(x));
  if (!page || page.path === x.request.url) return false;
  x.response.writeHead(302, {
    Location: page.path,
    "Cache-Control": "no-store",
    "Content-Length": "0",
  });
  x.response.end();
  return true;
}
