import t from "tap";
import { exchangeWith } from "../../../test/proxy/exchange.ts";
import { location, sendOn } from "./send-on.ts";

const nextPage = { id: "p", site: "shop", keys: ["k"], path: "/offer", expiresMs: 1 };

t.test("a page navigation is sent on, not stored by anybody", async (t) => {
  const x = exchangeWith({ navigation: true, nextPage });
  t.equal(sendOn(x), true);
  t.match(
    x.told.written,
    /^HTTP\/1\.1 302 Found\r\nLocation: \/offer\r\nCache-Control: no-store\r\n/,
  );
});

t.test("nothing else is", async (t) => {
  t.equal(sendOn(exchangeWith({ nextPage })), false, "no navigation");
  t.equal(sendOn(exchangeWith({ navigation: true })), false, "no page");
  t.equal(sendOn(exchangeWith({ navigation: true, nextPage, url: "/offer" })), false, "there");
});

t.test("what is not ASCII is sent per cent", async (t) => {
  t.equal(location("/a%20b?c=d&e#f"), "/a%20b?c=d&e#f");
  t.equal(location("/f\u00fcr \u{1f600}"), "/f%C3%BCr%20%F0%9F%98%80");
  t.equal(location("/\ud800"), "/%EF%BF%BD", "half a character");
});
