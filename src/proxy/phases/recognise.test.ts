import t from "tap";
import {
  COOKIE,
  exchangeWith,
  fieldOf,
  linesOf,
  NOW_MS,
  type Part,
} from "../../../test/proxy/exchange.ts";
import { firstVisit } from "../../model/visitor.ts";
import { recognise } from "./recognise.ts";

const html = { accept: "text/html" };
const at = (seenMs: number) => COOKIE.seal("shop", firstVisit("v", seenMs), "identified");

function recognised(part: Part) {
  const x = exchangeWith(part);
  recognise(x, x.asked);
  return { x, cookie: fieldOf(linesOf(x.asked), "cookie") };
}

t.test("a first page is given an id, anything else is not", async (t) => {
  const page = recognised({ headers: html });
  t.equal(page.x.navigation, true);
  t.match(page.x.visitor, {
    cookie: "issued",
    visitorId: /^[\w-]{22}$/,
    addressKey: "key of 10.0.0.1",
  });
  const other = recognised({ headers: { accept: "*/*" } });
  t.same([other.x.navigation, other.x.visitor.cookie, other.x.history], [false, "none", undefined]);
});

t.test("a cookie is known until it is outdated", async (t) => {
  const known = recognised({ headers: { ...html, cookie: `a=1; wl=${at(NOW_MS - 4999)}` } });
  t.match(known.x.visitor, { cookie: "returned", visitorId: "v" });
  t.equal(known.x.history?.visitCount, 1, "as it stands in the cookie");
  t.equal(known.cookie, "a=1");
  const old = recognised({ headers: { ...html, cookie: `wl=${at(NOW_MS - 5000)}` } });
  t.equal(old.x.visitor.cookie, "issued");
  t.same(old.x.told.rejected, ["outdated"]);
  t.equal(old.cookie, undefined);
});

t.test("over https only the secure cookie is believed", async (t) => {
  const cookie = `wl=${at(NOW_MS)}`;
  const plain = recognised({ tls: true, headers: { ...html, cookie } });
  t.equal(plain.x.visitor.cookie, "issued");
  t.equal(plain.cookie, undefined);
  const secure = recognised({ tls: true, headers: { ...html, cookie: `__Host-${cookie}` } });
  t.equal(secure.x.visitor.cookie, "returned");
});

t.test("who refuses is not read, the reserved path is no page", async (t) => {
  const cookie = `wl=${at(NOW_MS)}`;
  const refuser = recognised({ headers: { ...html, cookie, "sec-gpc": "1" } });
  t.same(refuser.x.visitor, { cookie: "none", addressKey: "key of 10.0.0.1" });
  t.equal(refuser.x.navigation, true);
  t.equal(refuser.cookie, undefined);
  const reserved = recognised({ url: "/.warmline/chat", headers: html });
  t.equal(reserved.x.navigation, false);
});

t.test("a cookie is written anew when it has grown old, or a visit has begun", async (t) => {
  const stays = (seenMs: number) =>
    recognised({ headers: { ...html, cookie: `wl=${at(seenMs)}` } }).x.cookieStays;
  t.equal(stays(NOW_MS), true);
  t.equal(stays(NOW_MS - 999), true);
  t.equal(stays(NOW_MS - 1000), false, "another visit");
  t.equal(stays(NOW_MS + 1), false, "a clock that was set back");
});

t.test("a part of a page says so", async (t) => {
  const part = recognised({ headers: { ...html, "sec-fetch-dest": "image" } });
  t.same([part.x.navigation, part.x.whyNoNavigation], [false, "fragment"]);
});
