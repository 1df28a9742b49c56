import t from "tap";
import { isWide, startsWide } from "./charset.ts";

t.test("named in Content-Type", async (t) => {
  for (const name of ["utf-16", "UTF-16LE", '"utf-16be"', "utf-32", "ucs-2", "iso-2022-jp"])
    t.equal(isWide(`text/html; charset=${name}`), true, name);
  for (const name of ["utf-8", '"UTF-8"', "iso-8859-1", "shift_jis", "gb18030", "windows-1252"])
    t.equal(isWide(`text/html;charset=${name}; x=utf-16`), false, name);
  t.equal(isWide("text/html"), false);
});

t.test("named by a byte order mark", async (t) => {
  const starts = (...bytes: number[]) => startsWide(Buffer.from(bytes));
  t.equal(starts(0xff, 0xfe, 0x3c, 0), true);
  t.equal(starts(0xfe, 0xff, 0, 0x3c), true);
  t.equal(starts(0, 0, 0xfe, 0xff), true);
  t.equal(starts(0xef, 0xbb, 0xbf), false, "UTF-8");
  t.equal(starts(0xff), false);
  t.equal(starts(), false);
});
