/** Processes whose supervisor is killed at an awkward moment. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import t from "tap";
import { writeConfig } from "./gateway.ts";

t.test("the supervisor is gone before its children have started: they end too", async (t) => {
  const { directory, file } = await writeConfig("http://127.0.0.1:1");
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  for (const name of ["engine", "edge-1"]) {
    const child = fork("src/main.ts", [name, "--config", file], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    t.teardown(() => child.kill("SIGKILL"));
    child.disconnect();
    const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
    t.same(await once(child, "exit"), [0, null], name);
    clearTimeout(late);
  }
});
