import * as fc from "fast-check";
import t from "tap";
import { findCookie, setCookie, setsCookie } from "./cookie-header.ts";

/** The field's value without our cookie, and the cookie's value. */
function cutCookie(header: string, name: string, secure = false) {
  const { value, cuts, alone } = findCookie(header, name, secure);
  let rest = header;
  for (let i = cuts.length - 2; i >= 0; i -= 2) {
    rest = rest.slice(0, cuts[i]) + rest.slice(cuts[i + 1]);
  }
  return { ...(value !== undefined && { value }), ...(!alone && rest !== "" && { rest }) };
}

const cases: readonly (readonly [header: string, cut: ReturnType<typeof cutCookie>])[] = [
  ["wl=x", { value: "x" }],
  ["wl=x; a=1", { value: "x", rest: "a=1" }],
  ["a=1; wl=x; b=2", { value: "x", rest: "a=1; b=2" }],
  ["a=1; b=2; wl=x", { value: "x", rest: "a=1; b=2" }],
  ["a=1;wl=x;b=2", { value: "x", rest: "a=1;b=2" }],
  ["a=1", { rest: "a=1" }],
  [" a=1 ;  b", { rest: " a=1 ;  b" }],
  ["wlx=1; xwl=2; a=wl=3; WL=4", { rest: "wlx=1; xwl=2; a=wl=3; WL=4" }],
  ["wl=x; wl=y; a=1", { value: "x", rest: "a=1" }],
  ["wl =x; a=1", { value: "x", rest: "a=1" }],
  ["wl; a=1", { rest: "a=1" }],
  ["wl=; a=1", { value: "", rest: "a=1" }],
  ["wl=x; __Host-wl=y; a=1", { value: "x", rest: "a=1" }],
  ["", {}],
];
for (const [header, cut] of cases) {
  t.test(`cut from ${JSON.stringify(header)}`, async (t) =>
    t.strictSame(cutCookie(header, "wl"), cut),
  );
}

t.test("over https only the cookie with the prefix is believed, none goes on", async (t) => {
  t.strictSame(cutCookie("wl=x; __Host-wl=y; a=1", "wl", true), { value: "y", rest: "a=1" });
  t.strictSame(cutCookie("wl=x", "wl", true), {});
});

t.test("what others set stays, byte for byte, wherever ours is", async (t) => {
  const pair = fc.stringMatching(/^[a-vx-z][!-:<-~]{0,8}$/);
  fc.assert(
    fc.property(fc.array(pair, { minLength: 1 }), fc.nat(9), (pairs, at) => {
      const whole = pairs.join("; ");
      const with_ = [...pairs.slice(0, at), "wl=secret", ...pairs.slice(at)].join("; ");
      const { rest, value } = cutCookie(with_, "wl");
      return rest === whole && value === "secret" && cutCookie(whole, "wl").rest === whole;
    }),
  );
  t.pass();
});

t.test("an origin must not set it", async (t) => {
  t.equal(setsCookie("wl=1; Path=/", "wl"), true);
  t.equal(setsCookie(" wl = 1", "wl"), true);
  t.equal(setsCookie("__Host-wl=1", "wl"), true);
  t.equal(setsCookie("a=wl=1", "wl"), false);
  t.equal(setsCookie("wlx=1", "wl"), false);
});

t.test("how it is set", async (t) => {
  t.equal(
    setCookie("wl", "v", { lifetimeMs: 1999, secure: false }),
    "wl=v; Path=/; Max-Age=1; HttpOnly; SameSite=Lax",
  );
  t.equal(
    setCookie("wl", "v", { lifetimeMs: 5000, secure: true }),
    "__Host-wl=v; Path=/; Max-Age=5; HttpOnly; SameSite=Lax; Secure",
  );
});
