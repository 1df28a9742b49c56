import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { openKeyRing } from "./key-ring.ts";

const directory = mkdtempSync(join(tmpdir(), "keys-"));
t.teardown(() => rmSync(directory, { recursive: true, force: true }));
const A = "a".repeat(64);
const B = "b".repeat(64);

t.test("made once, readable by its owner only", async (t) => {
  const file = join(directory, "new");
  const [first, ...others] = openKeyRing(file);
  t.equal(others.length, 0);
  t.equal(first.key.length, 32);
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.same(openKeyRing(file), [first], "read again, not made again");
  t.not(readFileSync(file, "utf8"), readFileSync(other(), "utf8"), "random");
});

function other(): string {
  const file = join(directory, "other");
  openKeyRing(file);
  return file;
}

t.test("several keys in their order, comments and empty lines", async (t) => {
  const file = join(directory, "several");
  writeFileSync(file, `# newest first\n255:${B}\n\n 0:${A} \r\n`);
  t.same(
    openKeyRing(file).map(({ id, key }) => `${id}:${key.toString("hex")}`),
    [`255:${B}`, `0:${A}`],
  );
});

t.test("what is wrong is said with its line", async (t) => {
  const cases: readonly (readonly [text: string, message: RegExp])[] = [
    ["", /there is no key/],
    ["# nothing\n", /there is no key/],
    [`1:${A}\n2:short\n`, /:2: expected id:key/],
    [`256:${A}`, /:1: expected/],
    [`1:${A.toUpperCase()}`, /:1: expected/],
    [`1:${A}\n1:${B}`, /same id/],
  ];
  for (const [text, message] of cases) {
    const file = join(directory, "wrong");
    writeFileSync(file, text);
    t.throws(() => openKeyRing(file), { code: "WL_KEY_RING", message });
  }
  t.throws(() => openKeyRing(join(directory, "not", "there")), { code: "ENOENT" });
});
