import t from "tap";
import { hostOf, pathOf } from "./target.ts";

const headers = { host: "Shop.example:8080" };

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
  ["/a#b", undefined],
  ["", undefined],
] as const) {
  t.test(`target ${url}`, async (t) => t.equal(pathOf({ url, headers }), path));
}

t.test("the host is compared without port and case", async (t) => {
  t.equal(hostOf({ headers }), "shop.example");
  t.equal(hostOf({ headers: { host: "[::1]:80" } }), "[::1]");
  t.equal(hostOf({ headers: {} }), "");
});
