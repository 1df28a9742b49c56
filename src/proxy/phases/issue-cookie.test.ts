import t from "tap";
import { answerWith, COOKIE, exchangeWith } from "../../../test/proxy/exchange.ts";
import { valueOf, valuesOf } from "../fields.ts";
import { issueCookie } from "./issue-cookie.ts";

t.test(
  "an answer with a cookie is the visitor's own, and no more cacheable than it was",
  async (t) => {
    const cases: readonly (readonly [was: string | undefined, is: string])[] = [
      [undefined, "private"],
      ["public, max-age=60", "max-age=60, private"],
      ["max-age=60, s-maxage=600", "max-age=60, private"],
      ["private", "private"],
      ["no-store", "no-store"],
      ["no-cache", "no-cache, private"],
      ['private="set-cookie", max-age=1', "max-age=1, private"],
    ];
    for (const [was, is] of cases) {
      const answer = answerWith(was === undefined ? {} : { "cache-control": was });
      issueCookie(exchangeWith({ navigation: true, known: true }), answer);
      t.equal(valueOf(answer.fields, "cache-control"), is, was ?? "nothing");
      t.equal(valuesOf(answer.fields, "set-cookie").length, 1);
    }
  },
);

t.test("over https it is a secure one", async (t) => {
  const answer = answerWith();
  issueCookie(exchangeWith({ navigation: true, known: true, tls: true }), answer);
  const [cookie = ""] = valuesOf(answer.fields, "set-cookie");
  t.match(cookie, /^__Host-wl=[\w-]+; Path=\/; Max-Age=5; HttpOnly; SameSite=Lax; Secure$/);
  const value = /=([\w-]+)/.exec(cookie)?.[1] ?? "";
  t.match(COOKIE.open("shop", value), { ok: true, history: { id: "v" } });
});

t.test("no page or nobody known: no cookie; the origin's of our name never", async (t) => {
  for (const part of [{ known: true }, { navigation: true }]) {
    const answer = answerWith({ "set-cookie": "wl=evil" });
    issueCookie(exchangeWith(part), answer);
    t.same(answer.fields, ["content-type", "text/html"]);
  }
});
