import t from "tap";
import { isLocalPath, isReserved } from "./local-path.ts";

t.test("paths of the site itself", async (t) => {
  for (const path of ["/", "/prices", "/a/b?x=//y&z=1#top", "/%20", "/~a'(b)"]) {
    t.ok(isLocalPath(path), path);
  }
});

t.test("what would lead elsewhere, or into the headers", async (t) => {
  const paths = [
    "",
    "x",
    "//evil.example",
    "/\\evil.example",
    "\\/evil",
    "https://evil.example",
    "/a\\b",
    "/a b",
    "/a\r\nX: y",
    "/\u0000",
    "/ä",
    `/${"a".repeat(2_048)}`,
    "\t//evil",
  ];
  for (const path of paths) t.notOk(isLocalPath(path), JSON.stringify(path.slice(0, 30)));
});

t.test("the reserved path, however it is written", async (t) => {
  const paths = [
    "/.warmline/",
    "/.warmline",
    "/.warmline/chat?x",
    "/a/../.warmline/chat",
    "/%2e/.warmline/x",
  ];
  for (const path of paths) t.ok(isReserved(path, "/.warmline/"), path);
  for (const path of ["/", "/.warmlines", "/a/.warmline/"])
    t.notOk(isReserved(path, "/.warmline/"), path);
});
