import type { Log } from "../model/log.ts";
import type { Control, Reloaded } from "../oam/control-socket.ts";
import type { KillSwitch } from "./kill-switch.ts";
import type { Reloader } from "./reloader.ts";

/** What the operator may have a running gateway do. */
export function createControl(ports: {
  readonly reloader: Reloader;
  readonly killSwitch: KillSwitch;
  readonly log: Log;
}): Control {
  const { reloader, killSwitch, log } = ports;
  return {
    reload: () => reloader.reload(),
    sites: () =>
      reloader.config.sites.map(({ name, hosts, engagement }) => ({
        name,
        hosts,
        engagement: killSwitch.isOff(name) ? "switched_off" : engagement,
      })),
    async switchSite(name, on) {
      const names = reloader.config.sites.map((site) => site.name);
      if (!names.includes(name)) {
        return { ok: false, problem: `there is no site ${name}; known: ${names.join(", ")}` };
      }
      const switched = await set(name, on);
      if (switched.ok)
        log.warn({ site: name, on }, "a site was switched on or off by the operator");
      else log.error({ site: name, on, problem: switched.problem }, "not all processes obey");
      return switched;
    },
  };

  async function set(name: string, on: boolean): Promise<Reloaded> {
    try {
      killSwitch.set(name, !on);
    } catch (error) {
      return { ok: false, problem: error instanceof Error ? error.message : String(error) };
    }
    return reloader.applyAgain();
  }
}
