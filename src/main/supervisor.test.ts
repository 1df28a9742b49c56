import t from "tap";
import type { Config } from "../config/schema.ts";
import { supervise } from "./supervisor.ts";

t.test("a process that cannot be spawned is tried again, and ends nobody", async (t) => {
  const { execPath } = process;
  t.teardown(() => (process.execPath = execPath));
  process.execPath = "/nonexistent/node";
  const lines: object[] = [];
  const quiet = () => undefined;
  const again = Promise.withResolvers<void>();
  const log = {
    debug: quiet,
    info: quiet,
    error: quiet,
    warn(fields: object) {
      if (lines.push(fields) === 4) again.resolve();
    },
  };
  const config = { edge: { workers: 1, drain: 0 } } as unknown as Config;
  const supervisor = supervise(config, "none.yaml", log);
  await again.promise;
  t.match(lines, [
    { child: "engine", err: { code: "ENOENT" }, delayMs: 100 },
    { child: "edge-1", err: { code: "ENOENT" }, delayMs: 100 },
    { child: "engine", delayMs: 200 },
    { child: "edge-1", delayMs: 200 },
  ]);
  await supervisor.stop();
});
