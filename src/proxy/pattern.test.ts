import * as fc from "fast-check";
import t from "tap";
import { matches } from "./pattern.ts";

t.test("a star stands for anything, and for nothing", async (t) => {
  for (const [pattern, text, is] of [
    ["all", "all", true],
    ["all", "all of it", false],
    ["*", "", true],
    ["a*", "a", true],
    ["a*b", "ab", true],
    ["a*a", "a", false],
    ["*b*b", "ab", false],
    ["*x*y*", "1x2y3", true],
    ["*y*x*", "1x2y3", false],
    ["a*bc*c", "abc", false],
    ["", "", true],
    ["", "a", false],
  ] as const) {
    t.equal(matches(pattern, text), is, `${pattern} ${text}`);
  }
});

t.test("it says the same as a regular expression", (t) => {
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 });
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
  fc.assert(
    fc.property(pattern, text, (p, s) => {
      t.equal(matches(p, s), new RegExp(`^${p.replaceAll("*", ".*")}$`).test(s), `${p} ${s}`);
    }),
  );
  t.end();
});
