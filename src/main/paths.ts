import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "../config/schema.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where the built desk and the visitors' files are. */
export const builtFiles = { desk: join(root, "dist/desk"), visitor: join(root, "dist/visitor") };

/** Files and sockets of a configuration, with absolute names. */
export interface Paths {
  readonly database: string;
  readonly keyRing: string;
  readonly selfSigned: string;
  readonly link: string;
  readonly visitors: string;
  readonly operator: string;
  readonly control: string;
  readonly sitesOff: string;
}

/**
 * Makes the directories, closed to everybody else, and names what is in them. One that is there is left as it is.
 *
 * @throws {Error} with the directory and the reason, when one cannot be made
 */
export function preparePaths(config: Config): Paths {
  const { state, run } = config.directories;
  for (const directory of [state, run]) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }
  return {
    database: resolve(state, "warmline.sqlite"),
    keyRing: resolve(state, "visitor-cookie.keys"),
    selfSigned: resolve(state, "self-signed.pem"),
    link: resolve(run, "link.sock"),
    visitors: resolve(run, "visitors.sock"),
    operator: resolve(run, "operator.sock"),
    sitesOff: resolve(state, "sites-off.json"),
    control: resolve(run, "control.sock"),
  };
}
