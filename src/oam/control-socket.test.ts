import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { Client } from "undici";
import { listenForControl } from "./control-socket.ts";

t.test("orders are obeyed, and nothing else is there", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "warmline-control-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "control.sock");
  writeFileSync(path, "left over");
  const told: unknown[] = [];
  const shop = { name: "shop", hosts: ["shop.test"], engagement: "on" } as const;
  await using _control = await listenForControl(path, {
    reload: () => Promise.resolve({ ok: false, problem: "a mistake" }),
    sites: () => [shop],
    switchSite(name, on) {
      told.push([name, on]);
      return Promise.resolve({ ok: true, later: [] });
    },
  });
  t.equal(statSync(path).mode & 0o777, 0o600, "nobody else may connect");
  const client = new Client("http://operator", { socketPath: path });
  t.teardown(() => client.close());
  const ask = async (method: "GET" | "POST", path: string) => {
    const { statusCode, body } = await client.request({ method, path });
    return [statusCode, await body.json()];
  };
  t.same(await ask("POST", "/reload"), [422, { ok: false, problem: "a mistake" }]);
  t.same(await ask("GET", "/sites"), [200, [shop]]);
  t.same(await ask("POST", "/sites/shop/off"), [200, { ok: true, later: [] }]);
  t.same(await ask("POST", "/sites/shop/on"), [200, { ok: true, later: [] }]);
  t.same(told, [
    ["shop", false],
    ["shop", true],
  ]);
  for (const wrong of ["/sites/shop/maybe", "/sites/Shop/off", "/sites", "/"]) {
    t.same(await ask("POST", wrong), [404, {}], wrong);
  }
  t.same(await ask("GET", "/reload"), [404, {}]);
});
