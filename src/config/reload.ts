import { isDeepStrictEqual } from "node:util";
import type { Checks } from "./checks.ts";
import { crossCheck } from "./cross-check.ts";
import { loadConfig } from "./load.ts";
import { ConfigError } from "./problem.ts";
import type { Config } from "./schema.ts";

/** What holds as long as the processes run: sockets, files, memory that was reserved, the exchange. */
const LASTING = [
  "listen",
  "directories",
  "log",
  "edge.workers",
  "edge.proxyProtocol",
  "tls.minVersion",
  "visitors.cookie",
  "sessions",
  "desk",
  "switch",
];

/** A configuration as it counts from now on. */
export interface Adopted {
  readonly config: Config;
  /** What the file says, and what counts only after the next start: `listen.http`. */
  readonly later: readonly string[];
}

/**
 * Reads a file again for processes that run.
 *
 * @throws {ConfigError} also when what the file says does not fit what stays until the next start
 */
export function reloadConfig(file: string, checks: Checks, running: Config): Adopted {
  const adopted = adopt(running, loadConfig(file, checks));
  const found = crossCheck(adopted.config, checks);
  if (found.length === 0) return adopted;
  const stays = `${adopted.later.join(", ")} is changed by the next start only, and until then`;
  throw new ConfigError(
    file,
    found.map(({ path, message }) => ({
      path: path.join("."),
      line: 0,
      message: `${stays} ${message}`,
    })),
  );
}

/** The next configuration, but for what cannot change while the processes of the running one run. */
export function adopt(running: Config, next: Config): Adopted {
  const config = structuredClone(next);
  const later: string[] = [];
  for (const path of LASTING) {
    const [key = "", inner] = path.split(".");
    const from = running as unknown as Values;
    const to = config as unknown as Values;
    if (inner === undefined) {
      const [now, then] = [from[key] ?? {}, to[key] ?? {}];
      const keys = new Set([...Object.keys(now), ...Object.keys(then)]);
      for (const k of keys) if (!isDeepStrictEqual(now[k], then[k])) later.push(`${key}.${k}`);
      to[key] = now;
    } else {
      const [now, then] = [from[key] as Values, to[key] as Values];
      if (!isDeepStrictEqual(now[inner], then[inner])) later.push(path);
      (then as Record<string, unknown>)[inner] = now[inner];
    }
  }
  config.sites = config.sites.map((site, i) => {
    const known = running.sites.find(({ name }) => name === site.name);
    if (!known || known.firm === site.firm) return site;
    later.push(`sites[${i}].firm`);
    return { ...site, firm: known.firm };
  });
  return { config, later };
}

type Values = Record<string, Record<string, unknown>>;
