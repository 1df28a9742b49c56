import { StartError } from "./lifetime.ts";

/** Listening sockets that were opened by somebody else and handed to this process, by file descriptor. */
export interface PassedSockets {
  readonly http?: number;
  readonly https?: number;
}

/** The first that systemd passes (sd_listen_fds(3)). */
const FIRST = 3;
const KINDS = ["http", "https"] as const;

/**
 * The sockets that systemd has opened for this process, by their `FileDescriptorName`; without these names the first is for HTTP, the second for
 * HTTPS.
 *
 * @throws {StartError} for names that mean nothing here, or the same twice
 */
export function passedSockets(
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
): PassedSockets {
  // They are somebody else's: this process has inherited the words only.
  if (environment["LISTEN_PID"] !== String(pid)) return {};
  const count = Number(environment["LISTEN_FDS"] ?? 0);
  const given = (environment["LISTEN_FDNAMES"] ?? "").split(":");
  const named = given.some((name) => KINDS.some((kind) => kind === name));
  const sockets: { http?: number; https?: number } = {};
  for (let i = 0; i < count; i++) {
    const name = named ? given[i] : KINDS[i];
    const kind = KINDS.find((known) => known === name);
    if (!kind || sockets[kind] !== undefined) {
      throw new StartError(
        `systemd passes a socket ${name ?? i + 1} that is of no use, or twice: pass one with FileDescriptorName=http, and one with FileDescriptorName=https at most`,
      );
    }
    sockets[kind] = FIRST + i;
  }
  return sockets;
}

/** What a child is told of the sockets it inherits. */
export const SOCKETS_VARIABLE = "WARMLINE_SOCKETS";

/**
 * How a child inherits the sockets: behind its standard files and the channel to its parent.
 *
 * @returns more files for the child, and the environment that tells it of them
 */
export function handOn(sockets: PassedSockets): {
  readonly files: readonly number[];
  readonly environment: Readonly<Record<string, string>>;
} {
  const kinds = KINDS.filter((kind) => sockets[kind] !== undefined);
  const theirs = Object.fromEntries(kinds.map((kind, i) => [kind, FIRST + 1 + i]));
  return {
    files: kinds.map((kind) => sockets[kind] as number),
    environment: kinds.length > 0 ? { [SOCKETS_VARIABLE]: JSON.stringify(theirs) } : {},
  };
}

/** The sockets of an edge: from its supervisor, or from systemd. @throws {StartError} as `passedSockets` does */
export function inheritedSockets(
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
): PassedSockets {
  const told = environment[SOCKETS_VARIABLE];
  return told === undefined ? passedSockets(environment, pid) : (JSON.parse(told) as PassedSockets);
}
