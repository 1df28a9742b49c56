import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { openStore } from "../../src/store/open.ts";
import { settled, stand } from "./stand.ts";

const PROGRAM = join(import.meta.dirname, "answering.ts");

/** Runs the program and kills it right after its `after`th acknowledgement; all acknowledgements that were heard. */
function killedAfter(file: string, after: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, file, "500"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (text.split("\n").length > after) child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", (_, signal) => {
      if (signal === "SIGKILL") resolve(text.split("\n").slice(0, -1));
      else reject(new Error(`The program ended by itself: ${text.slice(-200)}`));
    });
  });
}

t.test("kill -9 right after an acknowledgement: everything acknowledged is there", async (t) => {
  for (const after of [1, 2, 7, 40]) {
    const folder = await mkdtemp(join(tmpdir(), "warmline-kill-"));
    t.teardown(() => rm(folder, { recursive: true }));
    const file = join(folder, "records.db");
    const acknowledged = await killedAfter(file, after);
    t.ok(acknowledged.length >= after);
    const s = await stand({ records: await openStore(file) });
    const stored = new Set([
      ...(await s.records.openCallbacks()).map(({ number }) => `callback ${number}`),
      ...(await s.records.openInteractions()).map(({ number }) => `phone ${number}`),
    ]);
    t.same(
      acknowledged.filter((line) => !stored.has(line)),
      [],
      `${acknowledged.length} acknowledged`,
    );
    t.equal(
      s.desk.contacts.waiting(),
      (await s.records.openInteractions()).length,
      "they wait again",
    );
    s.clock.advance(2 * 86_400_000);
    await settled();
    const due = (await s.records.openCallbacks()).filter(({ state }) => state === "due");
    t.ok(due.length > 0, "and callbacks fall due after the restart too");
    await s[Symbol.asyncDispose]();
  }
});
