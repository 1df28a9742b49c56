import type { Config } from "../config/schema.ts";
import { reloadConfig } from "../config/reload.ts";
import type { Log } from "../model/log.ts";
import type { Reloaded } from "../oam/control-socket.ts";
import { configChecks } from "./config-checks.ts";

/** Reads the configuration file again while the processes run. */
export interface Reloader {
  /** What counts now. */
  readonly config: Config;
  /** One after the other; what cannot be used changes nothing. */
  reload(): Promise<Reloaded>;
  /** Makes the configuration that counts now count once more, since something else has changed. */
  applyAgain(): Promise<Reloaded>;
}

/**
 * @param ports.apply makes a configuration count; throws when it cannot
 * @param ports.done told of each result
 */
export function createReloader(
  first: Config,
  ports: {
    readonly file: string;
    readonly log: Log;
    apply(config: Config): Promise<void>;
    done?(reloaded: Reloaded): void;
  },
): Reloader {
  const { file, log } = ports;
  let config = first;
  let last: Promise<unknown> = Promise.resolve();

  async function again(): Promise<Reloaded> {
    const reloaded = await tryAgain();
    ports.done?.(reloaded);
    if (!reloaded.ok) {
      log.error(
        { problem: reloaded.problem },
        "the configuration was not reloaded: nothing changed",
      );
    } else if (reloaded.later.length > 0) {
      log.warn(
        { later: reloaded.later },
        "the configuration was reloaded; some of it needs a restart",
      );
    } else log.info({}, "the configuration was reloaded");
    return reloaded;
  }
  async function tryAgain(): Promise<Reloaded> {
    try {
      const adopted = reloadConfig(file, configChecks, config);
      await ports.apply(adopted.config);
      config = adopted.config;
      return { ok: true, later: adopted.later };
    } catch (error) {
      // Some of the processes may have taken it; and whoever rotates logs wants them opened anew, whatever the file says.
      await ports.apply(config).catch(() => undefined);
      return { ok: false, problem: error instanceof Error ? error.message : String(error) };
    }
  }
  function inTurn(task: () => Promise<Reloaded>): Promise<Reloaded> {
    const next = last.then(task);
    last = next;
    return next;
  }
  return {
    get config() {
      return config;
    },
    reload: () => inTurn(again),
    applyAgain: () =>
      inTurn(async () => {
        try {
          await ports.apply(config);
          return { ok: true, later: [] };
        } catch (error) {
          return { ok: false, problem: error instanceof Error ? error.message : String(error) };
        }
      }),
  };
}
