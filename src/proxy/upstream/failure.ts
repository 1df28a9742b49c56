/** Why an origin gave no answer. */
export type FailureKind = "connect" | "timeout" | "broken" | "unfit" | "busy";

export interface Failure {
  readonly kind: FailureKind;
  /** For the log: the system's code, or a few words. */
  readonly reason: string;
  /** Nothing of the request has left us: it may be sent elsewhere, whatever its method. */
  readonly unsent: boolean;
}

/** The status that the visitor gets: 504 when the origin was too slow, 503 when it is too busy, 502 otherwise. */
export function statusOf({ kind, reason }: Failure): 502 | 503 | 504 {
  if (kind === "busy") return 503;
  return kind === "timeout" || reason === CONNECT_TIMEOUT ? 504 : 502;
}

/** The reason of a connection that was not there in time. */
export const CONNECT_TIMEOUT = "not connected in time";

/** A system error's code, or what it says. */
export function reasonOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}

/** What we have run out of ourselves: descriptors, ports or memory of the kernel. No origin is to blame. */
const OURS = new Set(["EMFILE", "ENFILE", "EADDRNOTAVAIL", "ENOBUFS", "ENOMEM"]);

/** Whether a connection could not be made because of ourselves. */
export function isOurs(error: Error): boolean {
  return OURS.has(reasonOf(error));
}

/** As if the system had said so: the rest of the descriptors is for others. */
export class TooManyOpen extends Error {
  readonly code = "EMFILE";
  constructor() {
    super("too many open files");
  }
}
