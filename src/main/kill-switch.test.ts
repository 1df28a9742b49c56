import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import type { Config } from "../config/schema.ts";
import { openKillSwitch } from "./kill-switch.ts";

t.test("a site that is switched off stays so, also after a restart", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "kill-switch-"));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, "sites-off.json");
  const sites = ["shop", "help"].map((name) => ({ name, engagement: "on" }));
  const config = { version: 1, sites } as unknown as Config;
  const first = openKillSwitch(file);
  t.equal(first.over(config), config);
  first.set("shop", true);
  t.match(first.over(config).sites, [{ engagement: "off" }, { engagement: "on" }]);
  t.match(config.sites[0], { engagement: "on" }, "the configuration itself is as it was");

  const second = openKillSwitch(file);
  t.same([second.isOff("shop"), second.isOff("help")], [true, false]);
  second.set("shop", false);
  t.equal(readFileSync(file, "utf8"), "[]\n");

  second.set("help", true);
  rmSync(directory, { recursive: true, force: true });
  t.throws(() => second.set("help", false), { code: "ENOENT" });
  t.equal(second.isOff("help"), true, "what could not be kept is not so");
  t.end();
});

t.test("a file that nobody understands is no reason to switch sites on", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "kill-switch-"));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, "sites-off.json");
  for (const wrong of ["", "shop", '{"shop":true}', "[1]"]) {
    writeFileSync(file, wrong);
    t.throws(() => openKillSwitch(file), /sites-off\.json does not say/, wrong);
  }
  t.throws(() => openKillSwitch(directory), { code: "EISDIR" });
  t.end();
});
