import t from "tap";
import { charsetOf, isWide, wideStart } from "./charset.ts";

t.test("named in Content-Type", async (t) => {
  for (const name of ["utf-16", "UTF-16LE", '"utf-16be"', "utf-32", "ucs-2", "iso-2022-jp"])
    t.equal(isWide(charsetOf(`text/html; charset=${name}`)), true, name);
  for (const name of ["utf-8", '"UTF-8"', "iso-8859-1", "shift_jis", "gb18030", "windows-1252"])
    t.equal(isWide(charsetOf(`text/html;charset=${name}; x=utf-16`)), false, name);
  t.equal(isWide(charsetOf("text/html")), false);
});

t.test("named by a byte order mark", async (t) => {
  const starts = (...bytes: number[]) =>
    wideStart(Buffer.from([0xff, ...bytes, 0xff]), 1, bytes.length + 1);
  t.equal(starts(0xff, 0xfe, 0x3c, 0), "little");
  t.equal(starts(0xfe, 0xff, 0, 0x3c), "big");
  t.equal(starts(0, 0, 0xfe, 0xff), "big");
  t.equal(starts(0xef, 0xbb, 0xbf), undefined, "UTF-8");
  t.equal(starts(0, 0, 0xfe), undefined);
  t.equal(starts(0xff), undefined);
  t.equal(starts(), undefined);
});
