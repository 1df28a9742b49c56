import type { Config } from "../config/schema.ts";
import type { Reloaded } from "../oam/control-socket.ts";
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
  const socketPath = preparePaths(config).control;
  const path = "/reload";
  const answer = await askSocket({ socketPath, method: "POST", path, timeoutMs: TIMEOUT_MS });
  if (answer === undefined) {
    throw new StartError(
      `no gateway answers at ${socketPath}; is Warmline running, with this configuration and as this user?`,
    );
  }
  const reloaded = answer as Reloaded;
  if (!reloaded.ok) throw new StartError(`nothing was changed:\n${reloaded.problem}`);
  const { later } = reloaded;
  const but = later.length > 0 ? `; after the next start only: ${later.join(", ")}` : "";
  process.stdout.write(`reloaded${but}\n`);
}
