// `npm test`: installs what is missing (packages, and from Debian a browser, a web server, SIP phones and an exchange), then
// runs `npm run check` and all tests. Arguments name test files, to run only those.
import { spawn } from "node:child_process";
import { asterisk, debianPackages } from "./debian.mjs";
import { installed, pinnedEnvironment, pinnedNode, root, run } from "./pinned.mjs";

installed();
debianPackages(["chromium", "curl", "nginx-light", "openssl", "sip-tester"]);
await asterisk();
const env = pinnedEnvironment({ FORCE_COLOR: "0" });
run(pinnedNode(), ["scripts/build.mjs"], env);
const only = process.argv.slice(2);
if (only.length === 0) run(pinnedNode(), ["scripts/check.mjs"], env);
run("tap", ["build"], { ...env, npm_config_loglevel: "error" });

const tap = spawn("tap", ["run", "--reporter=tap", ...only], {
  cwd: root,
  env,
  stdio: ["ignore", "pipe", "inherit"],
});
process.exitCode = await report(tap);

/** Shows a line for each test file, the whole of those that failed, and the sum. */
async function report(tap) {
  const ended = new Promise((resolve) => tap.once("exit", (status) => resolve(status ?? 1)));
  let [file, passed, failed] = [[], 0, 0];
  for await (const line of lines(tap.stdout)) {
    file.push(line);
    const assertion = /^ +(not )?ok \d+(?! - .*# (SKIP|TODO))/.exec(line);
    if (assertion && !/# time=/.test(line)) {
      if (assertion[1]) failed++;
      else passed++;
    }
    const whole = /^(not )?ok \d+ - (.*?)(?: # (.*?))?(?: \{)?$/.exec(line);
    if (!whole) continue;
    if (whole[1]) console.log(file.join("\n"));
    else console.log(`ok     ${whole[2]} ${whole[3] ?? ""}`);
    file = [];
  }
  const status = await ended;
  if (status !== 0) console.log(file.join("\n"));
  console.log(`\n${passed} passed, ${failed} failed`);
  return status === 0 && passed === 0 ? 1 : status;
}

async function* lines(stream) {
  let rest = "";
  for await (const chunk of stream.setEncoding("utf8")) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest) yield rest;
}
