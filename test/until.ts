import { setTimeout as sleep } from "node:timers/promises";

const STEP_MS = 25;

/**
 * Waits for something that another process does, and that tells nobody: asks until there is an answer.
 *
 * @throws {Error} that says what was waited for, after `withinMs`
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 15_000,
): Promise<T> {
  const untilMs = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > untilMs) throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    await sleep(STEP_MS);
  }
}
