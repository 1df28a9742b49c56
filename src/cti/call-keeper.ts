import type { Call } from "../model/call.ts";
import type { Log } from "../model/log.ts";
import type { CallRecords } from "./ports.ts";

/** Writes calls down, so that they outlive the process. */
export interface CallKeeper {
  keep(call: Call): void;
  /** When everything has been written. */
  kept(): Promise<void>;
}

/** Whatever changes while a write goes on is written with the next one, each call once, as it is then. */
export function createCallKeeper(records: CallRecords, log: Log): CallKeeper {
  const changed = new Map<string, Call>();
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    await Promise.resolve();
    while (changed.size > 0) {
      const calls = [...changed.values()];
      changed.clear();
      try {
        await records.saveCalls(calls);
      } catch (error) {
        log.error({ err: error }, "calls could not be written down; a restart would not know them");
      }
    }
    writing = undefined;
  }

  return {
    keep(call) {
      changed.set(call.id, call);
      writing ??= write();
    },
    kept: async () => writing,
  };
}
