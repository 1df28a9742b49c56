import t from "tap";
import {
  charsetOf,
  isWide,
  narrowed,
  type Writing,
  writingAt,
  writingNamed,
  written,
} from "./charset.ts";

t.test("named in Content-Type", async (t) => {
  const named = (charset: string) =>
    writingNamed(charsetOf(`text/html;charset=${charset}; x=utf-16`));
  const names = {
    ascii: [
      "utf-8",
      '"UTF-8"',
      "iso-8859-1",
      "shift_jis",
      "gb18030",
      "windows-1252",
      "big5",
      "euc-jp",
    ],
    "utf-16le": ["utf-16", "UTF-16LE", "ucs-2", '"unicode"'],
    "utf-16be": ['"utf-16be"', "unicodefffe"],
    "iso-2022-jp": ["ISO-2022-JP", "csiso2022jp"],
    foreign: ["utf-32", "utf-7", "hz-gb-2312", "iso-2022-kr", "iso-2022-cn", "ucs-4"],
  };
  for (const [writing, all] of Object.entries(names))
    for (const name of all) t.equal(named(name), writing, name);
  t.equal(named("nonsense"), undefined);
  t.equal(writingNamed(charsetOf("text/html")), undefined);
});

t.test("told by the first bytes", async (t) => {
  const told = (bytes: readonly number[], named?: Writing) =>
    writingAt(Buffer.from([0xff, ...bytes, 0xff]), 1, bytes.length + 1, named);
  t.equal(told([0xff, 0xfe, 0x3c, 0]), "utf-16le");
  t.equal(told([0xfe, 0xff, 0, 0x3c], "ascii"), "utf-16be", "before what the head says");
  t.equal(told([0xef, 0xbb, 0xbf], "utf-16le"), "ascii");
  t.equal(told([0, 0, 0xfe, 0xff]), undefined, "UTF-32 is no encoding of browsers");
  t.equal(told([0xff]), undefined);
  t.equal(told([], "utf-16le"), "utf-16le");
  const xml = [...Buffer.from("<?xml", "utf16le")];
  t.equal(told(xml), "utf-16le", "a declaration without a mark");
  t.equal(told([0, ...xml]), "utf-16be");
  t.equal(told(xml, "ascii"), "ascii");
});

t.test("there and back", async (t) => {
  for (const writing of ["utf-16le", "utf-16be"] as const) {
    const bytes = Buffer.concat([written("<p>", writing), Buffer.from("x")]);
    t.equal(narrowed(bytes, 0, bytes.length, writing).toString(), "<p>");
  }
  t.equal(written("<p>", "ascii").toString(), "<p>");
  t.same(
    ["ascii", "utf-16le", "utf-16be", "iso-2022-jp"].map((w) => isWide(w as Writing)),
    [false, true, true, false],
  );
});
