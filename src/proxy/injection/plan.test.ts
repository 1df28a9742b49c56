import t from "tap";
import { answerWith, exchangeWith } from "../../../test/proxy/exchange.ts";
import { plan } from "./plan.ts";

const html = { accept: "text/html" };
const pending = {
  invitationId: "i",
  site: "shop",
  keys: ["k"],
  html: '<link rel="stylesheet" href="/.warmline/card.css"><form>',
  expiresMs: 1,
};

t.test("the loader alone, an invitation before it", async (t) => {
  const alone = plan(exchangeWith({ headers: html }), answerWith().head);
  t.match(alone, {
    inject: true,
    coding: "identity",
    markup: "",
    loader: '<script async src="/.warmline/loader.js"></script>',
    nonce: false,
  });
  t.match(plan(exchangeWith({ headers: html, pending }), answerWith().head), {
    markup: pending.html,
  });
});

t.test("what is appended is of even length", async (t) => {
  for (const more of ["", "x"]) {
    const invitation = { ...pending, html: pending.html + more };
    const planned = plan(exchangeWith({ headers: html, pending: invitation }), answerWith().head);
    t.equal(planned.inject && (planned.markup.length + planned.loader.length) % 2, 0);
  }
});

t.test("an invitation where scripts, styles or forms are forbidden", async (t) => {
  const under = (policy: string) => {
    const answer = answerWith({ "content-security-policy": policy }).head;
    const planned = plan(exchangeWith({ headers: html, pending }), answer);
    return planned.inject ? [planned.markup, planned.loader !== ""] : planned.reason;
  };
  t.same(under("script-src 'none'"), [pending.html, false]);
  t.same(under("default-src 'none'"), ["<form>", false], "without its stylesheet");
  t.same(under("form-action 'none'"), ["", true]);
  t.same(under("form-action 'none'; script-src 'none'"), "csp");
});

t.test("the policy names the port that the visitor knows", async (t) => {
  const under = (host: string) => {
    const answer = answerWith({ "content-security-policy": "script-src shop.example:8080" }).head;
    return plan(exchangeWith({ headers: { ...html, host } }), answer).inject;
  };
  t.equal(under("shop.example:8080"), true);
  t.equal(under("shop.example"), false);
  t.equal(under("shop.example:99999"), false, "no port at all");
});

t.test("the policy names the scheme that the visitor used", async (t) => {
  const under = (policy: string, tls: boolean) =>
    plan(
      exchangeWith({ headers: html, tls }),
      answerWith({ "content-security-policy": policy }).head,
    ).inject;
  t.equal(under("script-src https:", true), true);
  t.equal(under("script-src https:", false), false);
  t.equal(under("script-src http://shop.example", true), true);
});

t.test("a policy in the document", async (t) => {
  const planned = plan(exchangeWith({ headers: html }), answerWith().head);
  const allowed = (...policies: string[]) => planned.inject && planned.allowed(policies);
  t.same(allowed(), { script: true, form: true });
  t.same(allowed("script-src 'self'"), { script: true, form: true });
  t.same(allowed("script-src 'nonce-a'"), { script: false, form: true });
  t.same(allowed("form-action 'none'"), { script: true, form: false });
});

t.test("codings, a HEAD", async (t) => {
  const coded = (coding: string, method = "GET") =>
    plan(exchangeWith({ headers: html, method }), answerWith({ "content-encoding": coding }).head);
  t.match(coded("GZIP"), { inject: true, coding: "gzip" });
  t.match(coded("x-gzip"), { coding: "x-gzip" });
  t.match(coded("identity"), { coding: "identity" });
  t.match(coded("gzip, br"), { reason: "encoding" });
  t.match(coded("br", "HEAD"), { inject: true, coding: "br" });
  t.match(coded("br", "POST"), { reason: "method" });
});
