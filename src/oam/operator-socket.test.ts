import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { Client } from "undici";
import type { Session } from "../model/session.ts";
import { listenForOperator } from "./operator-socket.ts";

const SESSION: Session = {
  id: "v 1",
  site: "shop",
  state: "active",
  address: "192.0.2.7",
  startedMs: 1,
  lastAccessMs: 2,
  trail: [{ url: "/a", atMs: 2 }],
  pages: 1,
  consent: "none",
  priority: 3,
};

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
    explain: (visitor) =>
      visitor === "v 1" ? { session: SESSION, others: 2, campaigns: [] } : undefined,
  });
  const client = new Client("http://operator", { socketPath: path });
  t.teardown(() => client.close());
  const get = async (path: string) => {
    const { statusCode, body } = await client.request({ method: "GET", path });
    return [statusCode, await body.json()];
  };
  t.same(await get("/sessions"), [200, { total: 3, sessions: [] }]);
  t.same(await get("/sessions?site=shop&most=7"), [200, { total: 3, sessions: [] }]);
  t.match(await get("/explanation?visitor=v%201"), [
    200,
    { session: { id: "v 1", url: "/a", consent: "none" }, others: 2, campaigns: [] },
  ]);
  for (const wrong of [
    "/explanation",
    "/explanation?visitor=v2",
    "/sessions?site=other",
    "/sessions?most=1001",
    "/sessions?most=x",
    "/",
  ]) {
    t.same(await get(wrong), [404, {}], wrong);
  }
  t.same(asked, [
    [undefined, 100],
    ["shop", 7],
    ["other", 100],
  ]);
});
