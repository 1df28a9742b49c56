import t from "tap";
import { namesOf, placeOf, targetOf } from "./place.ts";

const met = (at: string, target: string) => {
  const names = placeOf(at).match(targetOf(target));
  return names && Object.fromEntries(names);
};

t.test("where a rule applies", async (t) => {
  for (const [at, target, names] of [
    ["/thanks", "/thanks", {}],
    ["/thanks", "/thanks?order=7", {}],
    ["/thanks", "/thanks/", undefined],
    ["/thanks/", "/thanks/", {}],
    ["/thanks", "/Thanks", undefined],
    ["/", "/", {}],
    ["/orders/{order}/thanks", "/orders/7-A/thanks", { order: "7-A" }],
    ["/orders/{order}/thanks", "/orders//thanks", undefined],
    ["/orders/{order}/thanks", "/orders/7/8/thanks", undefined],
    ["/order-{order}.html", "/order-7.html", { order: "7" }],
    ["/order-{order}.html", "/order-.html", undefined],
    ["/{user}/home", "/J%C3%B6hn/home", { user: "Jöhn" }],
    ["/{user}/home", "/%FF/home", { user: "%FF" }],
    ["/*/thanks", "/de/thanks", {}],
    ["/*/thanks", "/thanks", undefined],
    ["/shop/**", "/shop/a/b", {}],
    ["/shop/**", "/shop", {}],
    ["/shop/**", "/shopping", undefined],
    ["/**", "/whatever/it/is", {}],
    ["/index.php?step=thanks", "/index.php?a=1&step=thanks", {}],
    ["/index.php?step=thanks", "/index.php?step=thanksgiving", undefined],
    ["/index.php?step=thanks*", "/index.php?step=thanksgiving", {}],
    ["/index.php?step=*&id=*", "/index.php?step=1", undefined],
    ["/index.php?step=a", "/index.php?step=b&step=a", undefined],
  ] as const) {
    t.same(met(at, target), names, `${at} ${target}`);
  }
  t.equal(placeOf("POST /login").method, "POST");
  t.equal(placeOf("/login").method, "GET");
  t.same(namesOf("/{a}/x-{b}"), ["a", "b"]);
});

t.test("what cannot be read is said", async (t) => {
  for (const at of [
    "",
    "login",
    "post /login",
    "POST",
    "/a b",
    "/a#b",
    "/{a}{b}",
    "/{1}",
    "/**/a",
    "/a**",
  ]) {
    t.throws(() => placeOf(at), RangeError, at);
  }
});

t.test("no visitor can make it slow", async (t) => {
  const place = placeOf("/a*a/{x}?q=*a*a*a*a*a*a*b");
  const target = targetOf(`/${"a".repeat(4000)}/y?q=${"a".repeat(8000)}`);
  const before = process.hrtime.bigint();
  for (let i = 0; i < 100; i++) t.equal(place.match(target), undefined);
  t.ok(process.hrtime.bigint() - before < 1_000_000_000n);
});
