import { setCookie, setsCookie } from "../cookie-header.ts";
import type { Answer, Exchange } from "../exchange.ts";
import { type Fields, valueOf, without, withField } from "../fields.ts";
import { isPage } from "./count-hit.ts";
import { isSecure } from "./recognise.ts";

/** Pages carry the visitor's cookie, brought up to date. */
export function issueCookie(x: Exchange, answer: Answer): void {
  const { name, lifetimeMs } = x.edge.options.cookie;
  answer.fields = without(
    answer.fields,
    (n, value) => n === "set-cookie" && setsCookie(value, name),
  );
  if (!x.site || !x.history || !isPage(x, answer)) return;
  const value = x.edge.cookie.seal(x.site.name, x.history);
  answer.fields = [
    ...ownOnly(answer.fields),
    "Set-Cookie",
    setCookie(name, value, { lifetimeMs, secure: isSecure(x) }),
  ];
}

/**
 * Such an answer is the visitor's own (RFC 9111, section 5.2.2.7). A 304 says the same about caching as the page did
 * (RFC 9110, section 15.4.5), so that it gets the same.
 */
function ownOnly(fields: Fields): Fields {
  const control = (valueOf(fields, "cache-control") ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "" && !/^(public|s-maxage\s*=.*|private\s*=.*)$/i.test(part));
  if (!control.some((part) => /^(private|no-store)$/i.test(part))) control.push("private");
  return withField(fields, "Cache-Control", control.join(", "));
}
