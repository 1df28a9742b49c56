import t from "tap";
import { exchangeWith, COOKIE } from "../../../test/proxy/exchange.ts";
import { firstVisit } from "../../model/visitor.ts";
import { valueOf } from "../fields.ts";
import { recognise } from "./recognise.ts";

const html = { accept: "text/html" };
const at = (seenMs: number) => COOKIE.seal("shop", firstVisit("v", seenMs));
const NOW_MS = 1_700_000_000_000;

t.test("a first page is given an id, anything else is not", async (t) => {
  const page = exchangeWith({ headers: html });
  recognise(page);
  t.equal(page.navigation, true);
  t.match(page.visitor, {
    cookie: "issued",
    visitorId: /^[\w-]{22}$/,
    addressKey: "key of 10.0.0.1",
  });
  const other = exchangeWith({ headers: { accept: "*/*" } });
  recognise(other);
  t.same([other.navigation, other.visitor.cookie, other.history], [false, "none", undefined]);
});

t.test("a cookie is known until it is outdated", async (t) => {
  const known = exchangeWith({ headers: { ...html, cookie: `a=1; wl=${at(NOW_MS - 4999)}` } });
  recognise(known);
  t.match(known.visitor, { cookie: "returned", visitorId: "v" });
  t.equal(known.history?.visitCount, 2, "after the gap it is another visit");
  t.equal(valueOf(known.fields, "cookie"), "a=1");
  const old = exchangeWith({ headers: { ...html, cookie: `wl=${at(NOW_MS - 5000)}` } });
  recognise(old);
  t.equal(old.visitor.cookie, "issued");
  t.same(old.told.rejected, ["outdated"]);
  t.equal(valueOf(old.fields, "cookie"), undefined);
});

t.test("over https only the secure cookie is believed", async (t) => {
  const cookie = `wl=${at(NOW_MS)}`;
  const plain = exchangeWith({ tls: true, headers: { ...html, cookie } });
  recognise(plain);
  t.equal(plain.visitor.cookie, "issued");
  t.equal(valueOf(plain.fields, "cookie"), undefined);
  const secure = exchangeWith({ tls: true, headers: { ...html, cookie: `__Host-${cookie}` } });
  recognise(secure);
  t.equal(secure.visitor.cookie, "returned");
});

t.test("who refuses is not read, the reserved path is no page", async (t) => {
  const cookie = `wl=${at(NOW_MS)}`;
  const refuser = exchangeWith({ headers: { ...html, cookie, "sec-gpc": "1" } });
  recognise(refuser);
  t.same(refuser.visitor, { cookie: "none", addressKey: "key of 10.0.0.1" });
  t.equal(refuser.navigation, true);
  t.equal(valueOf(refuser.fields, "cookie"), undefined);
  const reserved = exchangeWith({ url: "/.warmline/chat", headers: html });
  recognise(reserved);
  t.equal(reserved.navigation, false);
});
