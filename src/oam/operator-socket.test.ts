import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { Client } from "undici";
import { listenForOperator } from "./operator-socket.ts";

t.test("sessions are listed in bounds, and nothing else is there", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "warmline-operator-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "operator.sock");
  writeFileSync(path, "left over");
  const asked: unknown[] = [];
  await using _listener = await listenForOperator(path, {
    sessions(site, most) {
      asked.push([site, most]);
      return site === "other" ? undefined : { total: 3, sessions: [] };
    },
  });
  const client = new Client("http://operator", { socketPath: path });
  t.teardown(() => client.close());
  const get = async (path: string) => {
    const { statusCode, body } = await client.request({ method: "GET", path });
    return [statusCode, await body.json()];
  };
  t.same(await get("/sessions"), [200, { total: 3, sessions: [] }]);
  t.same(await get("/sessions?site=shop&most=7"), [200, { total: 3, sessions: [] }]);
  for (const wrong of ["/sessions?site=other", "/sessions?most=1001", "/sessions?most=x", "/"]) {
    t.same(await get(wrong), [404, {}], wrong);
  }
  t.same(asked, [
    [undefined, 100],
    ["shop", 7],
    ["other", 100],
  ]);
});
