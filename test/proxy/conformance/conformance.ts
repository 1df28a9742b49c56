/** Runs tables of cases against one edge before one origin, and asks Node's parser for its opinion of what the origin got. */
import t from "tap";
import { standBefore } from "../data-path-stand.ts";
import type { Case } from "./case.ts";
import { isKnownToNode, readByNode } from "./node-parser.ts";
import { recordingOrigin } from "./recording-origin.ts";
import { run, wanted } from "./run-case.ts";

/** Tests each table by its name. */
export async function conformance(tables: Readonly<Record<string, readonly Case[]>>) {
  await using origin = await recordingOrigin();
  await using stand = await standBefore([origin.url], { hosts: ["127.0.0.1", "shop.example"] });
  for (const [name, cases] of Object.entries(tables)) {
    await t.test(name, { timeout: 120_000 }, async (t) => {
      for (const c of cases) {
        t.same(await run(c, stand.port, origin), wanted(c), `${c.name} (${c.why})`);
      }
    });
  }
  await t.test("nothing but what was meant has reached the origin", async (t) => {
    const meant = Object.values(tables).flat();
    const reached = origin.requests.filter(({ line }) => !line.includes(" /behind "));
    t.equal(reached.length, meant.flatMap(({ reaches }) => reaches).length);
    t.same(origin.faults, []);
  });
  await t.test("Node's parser reads the same requests", async (t) => {
    for (const [i, message] of origin.requests.entries()) {
      if (!isKnownToNode(message)) continue;
      const { line, fields, body, trailers } = message;
      t.same(await readByNode(origin.bytes[i] ?? ""), { line, fields, body, trailers }, line);
    }
  });
}
