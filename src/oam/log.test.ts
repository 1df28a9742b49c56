import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { once } from "node:events";
import t from "tap";
import { createLog } from "./log.ts";

t.test("what belongs to visitors does not reach the log", (t) => {
  const lines: string[] = [];
  const log = createLog("engine", "info", { write: (line) => void lines.push(line) });
  const secrets = {
    number: "+4930123456",
    address: "203.0.113.9",
    name: "Jane Dove",
    url: "/account?token=abc",
    password: "hunter2",
  };
  log.info(secrets, "at the top");
  log.warn({ callback: secrets }, "one level down");
  t.equal(lines.length, 2);
  for (const line of lines) {
    for (const secret of Object.values(secrets)) t.notOk(line.includes(secret), secret);
    t.match(line, /\[redacted\]/);
  }
  t.end();
});

t.test("lines are JSON, with level in words, time in ISO 8601 and the process", (t) => {
  const lines: string[] = [];
  const log = createLog("edge-1", "info", { write: (line) => void lines.push(line) });
  log.debug({}, "not written");
  log.error({ error: new Error("boom") }, "it went wrong");
  t.equal(lines.length, 1);
  const line = JSON.parse(lines[0] ?? "") as Record<string, unknown>;
  t.match(line, {
    level: "error",
    process: "edge-1",
    msg: "it went wrong",
    time: /^\d{4}-\d\d-\d\dT/,
    error: { message: "boom", stack: /log\.test\.ts/ },
  });
  t.end();
});

t.test("a full disk does not end the process", async (t) => {
  const program = `
    import { createLog } from ${JSON.stringify(import.meta.resolve("./log.ts"))};
    const log = createLog("edge-1", "info");
    for (let i = 0; i < 3; i += 1) log.info({}, "one more");`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", openSync("/dev/full", "w"), "inherit"],
  });
  t.same(await once(child, "exit"), [0, null]);
});
