/** Processes that start, or are left, at an awkward moment. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { getPriority } from "node:os";
import t from "tap";
import { connect } from "node:net";
import { join } from "node:path";
import { stringify } from "yaml";
import { freePorts } from "../free-port.ts";
import { until } from "../until.ts";
import { printed, runWarmline, writeConfig } from "./gateway.ts";

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

t.test("where cores are short, the engine comes behind the pages", async (t) => {
  const { directory, file } = await writeConfig("http://127.0.0.1:1");
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const engine = runWarmline(["engine", "--config", file]);
  t.teardown(() => engine.kill("SIGKILL"));
  const output = printed(engine);
  await until("the engine", () => output().includes('"ready"'));
  t.equal(getPriority(engine.pid), Math.min(getPriority() + 5, 19));
});

t.test("a second engine by mistake does not take the first one's sockets", async (t) => {
  const asterisk = { driver: "asterisk", url: "http://127.0.0.1:1/ari", user: "u", password: "p" };
  const { directory, file, config } = await writeConfig("http://127.0.0.1:1", { switch: asterisk });
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const first = runWarmline(["engine", "--config", file]);
  t.teardown(() => first.kill("SIGKILL"));
  const output = printed(first);
  await until("the first engine", () => output().includes('"ready"'));

  const [desk, admin] = await freePorts(2);
  const other = join(directory, "other.yaml");
  const listen = { ...config.listen, desk: `127.0.0.1:${desk}`, admin: `127.0.0.1:${admin}` };
  writeFileSync(other, stringify({ ...config, listen }));
  const second = runWarmline(["engine", "--config", other]);
  const said = printed(second);
  t.same((await once(second, "exit"))[0], 1);
  t.notMatch(said(), /exchange/, "nor has it spoken to the exchange");

  const socket = connect(join(directory, "run", "visitors.sock"));
  t.teardown(() => socket.destroy());
  await once(socket, "connect");
  t.pass("visitors still reach the first");
});
