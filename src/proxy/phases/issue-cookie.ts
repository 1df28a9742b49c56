import { setsCookie } from "../cookie-header.ts";
import type { Answer, Exchange } from "../exchange.ts";
import { valueOf, without, withField } from "../fields.ts";
import { isPage } from "./count-hit.ts";

/** Pages carry the visitor's cookie, brought up to date; such an answer is the visitor's own (RFC 9111, section 5.2.2.7). */
export function issueCookie(x: Exchange, answer: Answer): void {
  const { name, lifetimeMs } = x.edge.options.cookie;
  answer.fields = without(
    answer.fields,
    (n, value) => n === "set-cookie" && setsCookie(value, name),
  );
  if (!x.site || !x.history || !isPage(x, answer)) return;
  const value = x.edge.cookie.seal(x.site.name, x.history);
  const control = (valueOf(answer.fields, "cache-control") ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "" && !/^(public|s-maxage=.*)$/i.test(part));
  if (!control.some((part) => /^(private|no-store)$/i.test(part))) control.push("private");
  answer.fields = [
    ...withField(answer.fields, "Cache-Control", control.join(", ")),
    "Set-Cookie",
    `${name}=${value}; Path=/; Max-Age=${Math.floor(lifetimeMs / 1000)}; HttpOnly; SameSite=Lax`,
  ];
}
