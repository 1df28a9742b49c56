import { tellSupervisor } from "./child-messages.ts";

/**
 * Resolves when this process shall stop: SIGTERM, SIGINT (unless a supervisor is there, which decides), or the supervisor is gone.
 * A second signal ends it at once with status 2.
 */
export function stopRequested(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = (why: string) => {
      if (asked) process.exit(2);
      asked = true;
      resolve(why);
    };
    process.on("SIGTERM", () => stop("SIGTERM"));
    process.on("SIGINT", () => {
      if (!process.connected) stop("SIGINT");
    });
    process.on("disconnect", () => stop("the supervisor is gone"));
    // Gone already, while this process was starting: nobody would say so again.
    if (isSupervised() && !process.connected) stop("the supervisor is gone");
  });
}

/** Whether a supervisor started this process, which may be gone by now. */
export function isSupervised(): boolean {
  return process.send !== undefined;
}

/** Ends a process that has stopped: the channel to the supervisor would keep it alive. */
export function leave(): never {
  process.exit(0);
}

/** A start that failed, in words for the operator; anything else that is thrown at start is a bug. */
export class StartError extends Error {
  readonly code = "WL_START";
}

/** Ends the process after a start that failed: the supervisor and the operator are told why. */
export function failStart(error: unknown): never {
  const message = startMessage(error);
  tellSupervisor({ type: "failed", message });
  if (!process.connected) process.stderr.write(`warmline: ${message}\n`);
  process.exit(1);
}

function startMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof StartError || "code" in error
    ? error.message
    : (error.stack ?? error.message);
}

/** The words for an address that is taken or not ours; any other error comes back as it is. */
export function explainListenError(error: unknown, key: string, address: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: `${address} is in use by another program`,
    EACCES: `${address} may not be opened by this user: ports below 1024 need CAP_NET_BIND_SERVICE`,
    EADDRNOTAVAIL: `${address} is not an address of this machine`,
  };
  const known = typeof code === "string" ? why[code] : undefined;
  return known === undefined
    ? error
    : new StartError(`${known}; change ${key} in the configuration`);
}
