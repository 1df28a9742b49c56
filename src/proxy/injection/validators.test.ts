import * as fc from "fast-check";
import t from "tap";
import { isStrongTag, originTags, ourTag, revalidatedTag } from "./validators.ts";

t.test("an ETag becomes ours and is turned back", async (t) => {
  t.equal(ourTag('"a"'), 'W/"a-wl"');
  t.equal(ourTag('W/"a"'), 'W/"a-wlw"');
  t.equal(ourTag('""'), 'W/"-wl"');
  t.equal(ourTag("a"), "a", "what is no ETag stays");
  const opaque = fc.stringMatching(/^[!#-~]*$/);
  fc.assert(
    fc.property(fc.boolean(), opaque, (weak, text) => {
      const tag = `${weak ? "W/" : ""}"${text}"`;
      return originTags(ourTag(tag)) === tag;
    }),
  );
  t.pass();
});

t.test("lists, the tags of others and * stay", async (t) => {
  t.equal(originTags("*"), "*");
  t.equal(originTags('"a", W/"b"'), '"a", W/"b"');
  t.equal(originTags('"a-wl"'), '"a-wl"', "a strong one cannot be ours");
  t.equal(originTags('W/"a-wl",W/"b-wlw" , "c,d"'), '"a",W/"b" , "c,d"');
});

t.test("a 304 has the tag of the copy that the visitor has", async (t) => {
  t.equal(revalidatedTag('"a"', 'W/"a-wl"'), 'W/"a-wl"');
  t.equal(revalidatedTag('W/"a"', 'W/"a-wl"'), 'W/"a-wl"', "the origin weakened it");
  t.equal(revalidatedTag('"a"', 'W/"a-wlw"'), 'W/"a-wlw"');
  t.equal(revalidatedTag('"b"', 'W/"a-wl", "b"'), '"b"', "not a copy of ours");
  t.equal(revalidatedTag('"b"', "*"), '"b"');
});

t.test("strong tags", async (t) => {
  t.equal(isStrongTag(' "a"'), true);
  for (const other of ['W/"a"', "Mon, 05 Jan 2026 10:00:00 GMT", "", '"a", "b"'])
    t.equal(isStrongTag(other), false, other);
});
