import type { Answer } from "../answer.ts";
import { setCookie } from "../cookie-header.ts";
import type { Exchange } from "../exchange.ts";
import { isPage } from "./count-hit.ts";

/** Pages carry the visitor's cookie, brought up to date. */
export function issueCookie(x: Exchange, answer: Answer): void {
  const { head, edit } = answer;
  if (!x.site || !x.history || x.cookieStays || !isPage(x, head)) return;
  const { name, lifetimeMs } = x.edge.options.cookie;
  const value = x.edge.cookie.seal(x.site.name, x.history);
  const control = head.get("cache-control");
  edit.addField("Set-Cookie", setCookie(name, value, { lifetimeMs, secure: x.secure }));
  answer.control = ownOnly(control);
}

/**
 * Such an answer is the visitor's own (RFC 9111, section 5.2.2.7). A 304 says the same about caching as the page did
 * (RFC 9110, section 15.4.5), so that it gets the same.
 */
export function ownOnly(cacheControl = ""): string {
  const control = cacheControl
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "" && !/^(public|s-maxage\s*=.*|private\s*=.*)$/i.test(part));
  if (!control.some((part) => /^(private|no-store)$/i.test(part))) control.push("private");
  return control.join(", ");
}
