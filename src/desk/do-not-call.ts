/** The numbers whose owners have told a firm not to call them. */
import type { Clock } from "../model/clock.ts";
import type { Journal } from "./journal.ts";
import type { DoNotCallEntry, Records } from "./ports.ts";

export interface DoNotCall {
  has(firm: string, number: string): boolean;
  /** Counts at once; resolves when it is on the disk. */
  add(firm: string, number: string, agent: string): Promise<void>;
}

export function createDoNotCall(
  loaded: readonly DoNotCallEntry[],
  ports: { readonly clock: Clock; readonly journal: Journal; readonly records: Records },
): DoNotCall {
  const { clock, journal, records } = ports;
  // Neither has a space in it.
  const listed = new Set(loaded.map(({ firm, number }) => `${firm} ${number}`));
  return {
    has: (firm, number) => listed.has(`${firm} ${number}`),
    add(firm, number, agent) {
      listed.add(`${firm} ${number}`);
      const entry = { firm, number, agent, addedMs: clock.nowMs() };
      return journal.write(() => records.addDoNotCall(entry));
    },
  };
}
