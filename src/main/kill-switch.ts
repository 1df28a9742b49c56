import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { Config } from "../config/schema.ts";

/** Sites that the operator has switched off: they are proxied, and nothing else. Kept in a file, until they are switched on. */
export interface KillSwitch {
  isOff(site: string): boolean;
  /** @throws {Error} with the system's `code`, when the file cannot be written; then nothing has changed */
  set(site: string, off: boolean): void;
  /** The configuration as it counts. */
  over(config: Config): Config;
}

const content = z.array(z.string());

/**
 * @param file made when the first site is switched off
 * @throws {Error} with the file's name, when it is there and cannot be understood: a site that shall be off must not be on
 */
export function openKillSwitch(file: string): KillSwitch {
  let off = read(file);
  return {
    isOff: (site) => off.has(site),
    set(site, switchedOff) {
      const next = new Set(off);
      if (switchedOff) next.add(site);
      else next.delete(site);
      writeFileSync(`${file}.new`, `${JSON.stringify([...next])}\n`, { mode: 0o600 });
      renameSync(`${file}.new`, file);
      off = next;
    },
    over(config) {
      if (off.size === 0) return config;
      const sites = config.sites.map((site) =>
        off.has(site.name) ? { ...site, engagement: "off" as const } : site,
      );
      return { ...config, sites };
    },
  };
}

function read(file: string): ReadonlySet<string> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Set();
    throw error;
  }
  try {
    return new Set(content.parse(JSON.parse(text)));
  } catch {
    throw new Error(
      `${file} does not say which sites are switched off: write names, as in ["my-shop"], or delete it`,
    );
  }
}
