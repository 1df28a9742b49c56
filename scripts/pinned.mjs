// What the npm scripts share: the packages of the lock file, and the Node version that it pins.
// Runs on whatever Node the machine has (20 or later), so it uses nothing newer.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Installs the packages of the lock file, unless that has been done since it last changed. */
export function installed() {
  const marker = join(root, "node_modules", ".package-lock.json");
  const lock = join(root, "package-lock.json");
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log("Installing the packages of package-lock.json …");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
}

/** The Node that package.json pins; where there is none for this machine, the one that runs us, if it is as new. */
export function pinnedNode() {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const name = `node-${process.platform}-${process.arch}`;
  const node = join(root, "node_modules", name, "bin", "node");
  if (existsSync(node)) return node;
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  const pinned = Object.values(optionalDependencies)[0];
  throw new Error(
    `npm has no Node for ${name}: install Node ${pinned} yourself and run this again`,
  );
}

/** An environment in which `node` is the pinned one, and the tools of the lock file come first. */
export function pinnedEnvironment(more = {}) {
  const path = [join(pinnedNode(), ".."), join(root, "node_modules", ".bin"), process.env.PATH];
  return { ...process.env, ...more, PATH: path.join(delimiter) };
}

/** Runs a command in the project's folder, its output shown; ends this process when it fails. */
export function run(command, args, env = process.env) {
  const { status, error } = spawnSync(command, args, { cwd: root, env, stdio: "inherit" });
  if (error) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}
