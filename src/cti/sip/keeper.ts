import type { Log } from "../../model/log.ts";
import type { DialogRecords } from "../ports.ts";

/** Writes legs down, so that they outlive the process: whatever changes while a write goes on is written with the next one. */
export function createDialogKeeper(records: DialogRecords, log: Log) {
  const changed = new Map<string, string | undefined>();
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    await Promise.resolve();
    while (changed.size > 0) {
      const batch = new Map(changed);
      changed.clear();
      try {
        await records.saveDialogs(batch);
      } catch (error) {
        log.error({ err: error }, "legs could not be written down; a restart would not know them");
      }
    }
    writing = undefined;
  }

  return {
    /** @param leg as JSON; nothing: it is gone */
    keep(legId: string, leg: string | undefined): void {
      changed.set(legId, leg);
      writing ??= write();
    },
    /** When everything has been written. */
    kept: async (): Promise<void> => writing,
  };
}
