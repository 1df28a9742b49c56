import { lookup } from "node:dns/promises";
import net from "node:net";
import type { HostPort } from "../config/values.ts";
import type { PassedSockets } from "./passed-sockets.ts";

/**
 * Sockets that the supervisor opens for its edges and keeps. Each edge listens on one of its own (SO_REUSEPORT), of which the supervisor
 * holds the same open file: who has connected and was not accepted when an edge died waits for the next one, where the system
 * would have reset him with the edge's own socket.
 */
export interface HeldSockets extends Disposable {
  /** Less than was asked for where it cannot be opened: then an edge opens it itself, and says what is wrong. */
  readonly sockets: PassedSockets;
}

export type Places = Readonly<Partial<Record<keyof PassedSockets, HostPort | undefined>>>;

/** The same with a number for a name; nothing when the name has none. */
export async function placeOf({ host, port }: HostPort): Promise<HostPort | undefined> {
  const found = await lookup(host).catch(() => undefined);
  return found && { host: found.address, port };
}

/** Opens sockets for one edge: bound, and listening only when the edge says so. */
export function holdSockets(places: Places): HeldSockets {
  const http = places.http && open(places.http);
  const https = places.https && open(places.https);
  return {
    sockets: { ...(http && { http: http.fd() }), ...(https && { https: https.fd() }) },
    [Symbol.dispose]() {
      http?.close();
      https?.close();
    },
  };
}

function open({ host, port }: HostPort): net.BoundSocket | undefined {
  try {
    return new net.BoundSocket({ host, port, reusePort: true });
  } catch {
    // The address cannot be had, or this Node (before 24.19) has no such thing.
    return undefined;
  }
}
