import { broughtUp } from "../../model/consent.ts";
import type { Answer } from "../answer.ts";
import { setCookie } from "../cookie-header.ts";
import type { Exchange } from "../exchange.ts";
import { isPage } from "./count-hit.ts";

/** Pages, and what something was noticed of, carry the visitor's cookie, brought up to date, or take one away that is not allowed any more. */
export function issueCookie(x: Exchange, answer: Answer): void {
  if (x.withdrawn !== undefined) {
    if (x.navigation) give(x, answer, "", 0);
    return;
  }
  if (!x.site || !x.history || x.cookieStays) return;
  const page = isPage(x, answer.head);
  if (!page && !x.noticed) return;
  const { lifetimeMs, visitGapMs } = x.edge.options.cookie;
  const history =
    x.visitor.cookie === "issued"
      ? x.history
      : broughtUp(x.history, x.startedMs, {
          visitGapMs,
          pages: page ? 1 : 0,
          consent: x.consent,
          facts: x.facts,
          noticed: x.noticed,
        });
  if (!history) return;
  const value = x.edge.cookie.seal(x.site.name, history, x.consent);
  give(x, answer, value, x.consent === "session" ? undefined : lifetimeMs);
}

function give(x: Exchange, answer: Answer, value: string, lifetimeMs: number | undefined): void {
  const { head, edit } = answer;
  const { name } = x.edge.options.cookie;
  edit.addField("Set-Cookie", setCookie(name, value, { lifetimeMs, secure: x.secure }));
  answer.control = ownOnly(head.get("cache-control"));
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
