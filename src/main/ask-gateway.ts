import type { Config } from "../config/schema.ts";
import type { Reloaded, SiteLine } from "../oam/control-socket.ts";
import { askSocket } from "./ask-socket.ts";
import { StartError } from "./lifetime.ts";
import { preparePaths } from "./paths.ts";

const TIMEOUT_MS = 30_000;

/**
 * `warmline reload`: the running gateway reads its configuration file again. Problems are told here as well as in its log.
 *
 * @param config of the same file: it says where the gateway's socket is
 * @throws {StartError} when no gateway answers, or nothing was changed
 */
export async function reload(config: Config): Promise<void> {
  const reloaded = (await ask(config, "POST", "/reload")) as Reloaded;
  if (!reloaded.ok) throw new StartError(`nothing was changed:\n${reloaded.problem}`);
  const { later } = reloaded;
  const but = later.length > 0 ? `; after the next start only: ${later.join(", ")}` : "";
  process.stdout.write(`reloaded${but}\n`);
}

/**
 * `warmline site off SHOP`: the site is proxied, and nothing else, from the next request on; `on` takes that back.
 *
 * @throws {StartError} when no gateway answers, there is no such site, or a process does not obey
 */
export async function switchSite(config: Config, site: string, on: boolean): Promise<void> {
  const path = `/sites/${encodeURIComponent(site)}/${on ? "on" : "off"}`;
  const switched = (await ask(config, "POST", path)) as Answer;
  if (switched.ok !== true) {
    throw new StartError(switched.problem ?? `there is no site ${site}`);
  }
  process.stdout.write(`${site} is ${on ? "as the configuration says" : "switched off"}\n`);
}

/**
 * `warmline sites`: the sites of the running gateway.
 *
 * @throws {StartError} when no gateway answers
 */
export async function listSites(config: Config, options: { readonly json: boolean }) {
  const sites = (await ask(config, "GET", "/sites")) as SiteLine[];
  const width = Math.max(...sites.map(({ name }) => name.length));
  const lines = sites.map(({ name, hosts, engagement }) => {
    return `${name.padEnd(width)}  ${WORDS[engagement].padEnd(16)}  ${hosts.join(" ")}\n`;
  });
  process.stdout.write(options.json ? `${JSON.stringify(sites)}\n` : lines.join(""));
}

/** Nothing, for a name that no site can have. */
type Answer = { readonly ok?: boolean; readonly problem?: string };

const WORDS = { on: "on", off: "off", switched_off: "switched off" } as const;

async function ask(config: Config, method: "GET" | "POST", path: string): Promise<unknown> {
  const socketPath = preparePaths(config).control;
  const answer = await askSocket({ socketPath, method, path, timeoutMs: TIMEOUT_MS });
  if (answer !== undefined) return answer;
  throw new StartError(
    `no gateway answers at ${socketPath}; is Warmline running, with this configuration and as this user?`,
  );
}
