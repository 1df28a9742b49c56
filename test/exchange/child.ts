import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";

/** A program that a test has started. Disposing ends it, and waits until it is gone. */
export interface Child extends AsyncDisposable {
  /** Its exit status, once it has ended; `null` when a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly running: boolean;
}

/** In front of a command: the kernel ends it with this process, however this process ends (prctl(2), PR_SET_PDEATHSIG). */
export const ENDS_WITH_US: readonly string[] = ["setpriv", "--pdeathsig", "KILL", "--"];

/** Starts a program that ends with this process. */
export function startChild(
  command: readonly string[],
  options: { readonly cwd: string; readonly output: string },
): Child {
  const output = openSync(options.output, "a");
  const [program = "", ...args] = [...ENDS_WITH_US, ...command];
  const child: ChildProcess = spawn(program, args, {
    cwd: options.cwd,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const ended = once(child, "exit").then(([status]) => status as number | null);
  const running = () => child.exitCode === null && child.signalCode === null;
  return {
    ended,
    get running() {
      return running();
    },
    async [Symbol.asyncDispose]() {
      // SIGTERM would let telephones finish their calls first.
      if (running()) child.kill("SIGKILL");
      await ended;
    },
  };
}
