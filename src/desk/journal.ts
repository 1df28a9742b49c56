import type { Log } from "../model/log.ts";

/** Writes records one after the other, so that a later state never ends up under an earlier one. */
export interface Journal {
  /** Resolves when it is on the disk; rejects with what the store threw. */
  write(task: () => Promise<void>): Promise<void>;
  /** For writes that nobody waits for: a failure is logged, the work goes on from memory. */
  note(what: string, written: Promise<unknown>): void;
  /** When all that was asked so far has been written. */
  flushed(): Promise<void>;
}

export function createJournal(log: Log): Journal {
  let tail: Promise<unknown> = Promise.resolve();
  const write = (task: () => Promise<void>) => {
    const written = tail.then(task);
    tail = written.catch(() => undefined);
    return written;
  };
  return {
    write,
    note(what, written) {
      written.catch((error: unknown) => {
        log.error({ what, err: error }, "A record could not be written");
      });
    },
    async flushed() {
      await tail;
    },
  };
}
