import t from "tap";
import { exchangeWith, linesOf } from "../../test/proxy/exchange.ts";
import { hostOf, pathOnly } from "./target.ts";

for (const [url, path] of [
  ["/", "/"],
  ["//other/a?b=/c", "//other/a?b=/c"],
  ["http://shop.example:8080", "/"],
  ["HTTP://SHOP.example:8080/a/../b?c", "/a/../b?c"],
  ["http://shop.example:8080?q", "/?q"],
  ["http://other/a", undefined],
  ["http://user@shop.example:8080/", undefined],
  ["http://", undefined],
  ["http:///a", undefined],
  ["https:/", undefined],
  ["a", undefined],
  ["*", undefined],
] as const) {
  t.test(`target ${url}`, async (t) => {
    const x = exchangeWith({ url, headers: { host: "Shop.example:8080" } });
    t.equal(pathOnly(x, x.asked.head, x.asked.edit), path !== undefined);
    if (path === undefined) return;
    t.equal(x.target, path);
    t.equal(linesOf(x.asked)[0], `GET ${path} HTTP/1.1`);
  });
}

t.test("the host is compared without port and case", async (t) => {
  t.equal(hostOf("Shop.example:8080"), "shop.example");
  t.equal(hostOf("[::1]:80"), "[::1]");
  t.equal(hostOf("[::1]"), "[::1]");
  t.equal(hostOf(""), "");
});
