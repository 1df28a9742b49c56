import t from "tap";
import {
  answerWith,
  COOKIE,
  exchangeWith,
  fieldOf,
  linesOf,
  NOW_MS,
} from "../../../test/proxy/exchange.ts";
import { firstVisit } from "../../model/visitor.ts";
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
      t.equal(answer.control, is, was ?? "nothing");
      t.match(fieldOf(linesOf(answer), "set-cookie"), /^wl=/);
    }
  },
);

t.test("the next cookie has this page in it, and what the engine knows better", async (t) => {
  const sealed = (startedMs: number) => {
    const answer = answerWith();
    const x = exchangeWith({ navigation: true, known: true });
    const history = firstVisit("v", NOW_MS - startedMs);
    const visitor = { ...x.visitor, cookie: "returned" } as const;
    issueCookie(Object.assign(x, { visitor, history, facts: { atMs: 5, priority: 7 } }), answer);
    const value = /=([\w-]+)/.exec(fieldOf(linesOf(answer), "set-cookie") ?? "")?.[1];
    return COOKIE.open("shop", value ?? "");
  };
  t.match(sealed(999), { history: { visitCount: 1, pageCount: 2, priority: 7 } });
  t.match(sealed(1001), { history: { visitCount: 2, pageCount: 2, priority: 7 } });
});

t.test("over https it is a secure one", async (t) => {
  const answer = answerWith();
  issueCookie(exchangeWith({ navigation: true, known: true, tls: true }), answer);
  const cookie = fieldOf(linesOf(answer), "set-cookie") ?? "";
  t.match(cookie, /^__Host-wl=[\w-]+; Path=\/; Max-Age=5; HttpOnly; SameSite=Lax; Secure$/);
  const value = /=([\w-]+)/.exec(cookie)?.[1] ?? "";
  t.match(COOKIE.open("shop", value), { ok: true, history: { id: "v" } });
});

t.test("no page, nobody known, or a cookie that is fresh: no cookie", async (t) => {
  for (const part of [{ known: true }, { navigation: true }]) {
    const answer = answerWith();
    issueCookie(exchangeWith(part), answer);
    t.same(linesOf(answer), ["HTTP/1.1 200 OK", "content-type: text/html"]);
  }
  const fresh = exchangeWith({ navigation: true, known: true });
  fresh.cookieStays = true;
  const answer = answerWith();
  issueCookie(fresh, answer);
  t.same([fieldOf(linesOf(answer), "set-cookie"), answer.control], [undefined, undefined]);
});
