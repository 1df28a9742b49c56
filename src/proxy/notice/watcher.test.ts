import t from "tap";
import { answerWith } from "../../../test/proxy/exchange.ts";
import type { NoticeRule } from "../../model/notice.ts";
import { formReader } from "./form.ts";
import { noticeProblem } from "./problem.ts";
import { createWatcher } from "./watcher.ts";

const NOW_MS = Date.UTC(2026, 10, 28);
const rule = (part: Partial<NoticeRule>): NoticeRule => ({ at: "/", status: [], ...part });

function noticed(
  rules: readonly NoticeRule[],
  asked: { readonly method?: string; readonly target: string; readonly form?: string },
  answer: { readonly status?: number; readonly fields?: Record<string, string> } = {},
) {
  const watch = createWatcher(rules).watch(asked.method ?? "GET", asked.target);
  if (!watch) return undefined;
  if (watch.readsForm && asked.form !== undefined) {
    watch.form = formReader("application/x-www-form-urlencoded", false);
    const bytes = Buffer.from(asked.form);
    watch.form?.take(bytes, 0, bytes.length);
  }
  const { head } = answerWith(answer.fields, answer.status ?? 200);
  return watch.noticed(head, NOW_MS, true);
}

t.test("a purchase, from the address of the page that thanks for it", async (t) => {
  const rules = [
    rule({
      at: "/orders/{order}/thanks",
      purchase: {
        amount: { query: "total" },
        locale: "de",
        currency: { text: "EUR" },
        order: { path: "order" },
      },
    }),
  ];
  const target = "/orders/A-7/thanks?total=1.234%2C50+%E2%82%AC";
  const purchase = { atMs: NOW_MS, amount: 1234.5, currency: "EUR", order: "A-7" };
  t.same(noticed(rules, { target }), { purchases: [purchase] });
  t.same(noticed(rules, { target: "/orders/8/thanks?total=free" }), {
    purchases: [{ atMs: NOW_MS, currency: "EUR", order: "8" }],
  });
  for (const status of [304, 404, 500]) t.equal(noticed(rules, { target }, { status }), undefined);
  t.equal(noticed(rules, { target: "/orders/A-7" }), undefined);
  t.equal(noticed(rules, { target, method: "POST" }), undefined);
  const byQuery = [rule({ at: "/thanks", purchase: { order: { query: "order" } } })];
  t.equal(noticed(byQuery, { target: "/thanks" }), undefined, "no number, no order");
  const nothing = [rule({ at: "/thanks", purchase: {} })];
  t.same(noticed(nothing, { target: "/thanks" }), { purchases: [{ atMs: NOW_MS }] });
});

t.test("a login, when the answer says that it worked", async (t) => {
  const rules = [
    rule({
      at: "POST /login",
      status: [302, 303],
      setsCookie: "sid",
      login: { form: "user" },
      mail: { form: "user" },
    }),
  ];
  const asked = { method: "POST", target: "/login", form: "csrf=1&user=J%C3%B6hn&pw=secret" };
  const sid = { "set-cookie": "sid=1; Path=/" };
  t.same(noticed(rules, asked, { status: 303, fields: sid }), { login: "Jöhn" });
  t.equal(noticed(rules, asked, { status: 200, fields: sid }), undefined, "the form again");
  t.equal(noticed(rules, asked, { status: 303 }), undefined, "no session");
  for (const ended of [
    "sid=; Path=/",
    "sid=x; Max-Age=0",
    "sid=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    "other=1",
  ]) {
    const answer = { status: 303, fields: { "set-cookie": ended } };
    t.equal(noticed(rules, asked, answer), undefined, ended);
  }
  const later = { "set-cookie": "sid=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60" };
  t.ok(noticed(rules, asked, { status: 303, fields: later }), "Max-Age counts before Expires");
  const mail = { ...asked, form: "user=ada@example.org" };
  t.same(noticed(rules, mail, { status: 303, fields: sid }), {
    login: "ada@example.org",
    mail: "ada@example.org",
  });
});

t.test("from cookies that the answer sets; several rules at once", async (t) => {
  const rules = [
    rule({ at: "/**", login: { cookie: "user" } }),
    rule({ at: "/news/confirmed", event: "newsletter" }),
    rule({ at: "/news/*", event: "news", number: { query: "tel" } }),
  ];
  const fields = { "set-cookie": 'user="J%C3%B6hn"; HttpOnly' };
  t.same(noticed(rules, { target: "/news/confirmed?tel=%2B49+30+123456" }, { fields }), {
    login: "Jöhn",
    number: "+49 30 123456",
    events: [
      { name: "newsletter", atMs: NOW_MS },
      { name: "news", atMs: NOW_MS },
    ],
  });
  t.equal(noticed(rules, { target: "/a" }), undefined);
});

t.test("what is no name is not taken for one", async (t) => {
  const rules = [
    rule({
      login: { query: "l" },
      name: { query: "n" },
      number: { query: "t" },
      mail: { query: "m" },
    }),
  ];
  for (const target of [
    "/?l=&n=+++",
    `/?l=${"x".repeat(201)}`,
    "/?n=a%0D%0Ab&l=%00",
    "/?t=call+me&m=nobody",
    "/?t=1&m=a@b@c",
  ]) {
    t.equal(noticed(rules, { target }), undefined, target);
  }
});

t.test("what is wrong with a rule is said", async (t) => {
  t.equal(noticeProblem(rule({ at: "POST /a", login: { form: "user" } })), undefined);
  t.match(noticeProblem(rule({ at: "/a", login: { form: "user" } })), "write POST /a");
  t.match(noticeProblem(rule({ at: "/a/{b}", login: { path: "c" } })), "there is no {c} in /a/{b}");
  t.match(noticeProblem(rule({ at: "login" })), "at: write a path");
});
