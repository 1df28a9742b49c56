import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../model/clock.ts";
import type { AccessRecord, EdgeMetrics } from "./ports.ts";

export interface AccessPorts {
  readonly clock: Clock;
  readonly metrics: EdgeMetrics;
  access(record: AccessRecord): void;
}

/** Counts and records one request; the function it returns is called once, at its end. */
export function beginAccess(
  request: IncomingMessage,
  socket: Socket,
  ports: AccessPorts,
): (site: string, status: number, endless?: boolean) => void {
  const startedMs = ports.clock.nowMs();
  // The request forgets its socket when the visitor leaves.
  const before = socket.bytesWritten;
  const address = addressOf(socket).replace(/[.:][^.:]*$/, "");
  return (site, status, endless = status === 101) => {
    const durationMs = ports.clock.nowMs() - startedMs;
    const method = request.method ?? "";
    // How long somebody keeps a stream or a tunnel open says nothing about how fast pages are.
    ports.metrics.request(site, method, status, endless ? undefined : durationMs / 1000);
    ports.access({
      site,
      method,
      path: request.url?.split("?", 1)[0] ?? "",
      status,
      bytes: socket.bytesWritten - before,
      durationMs,
      address,
    });
  };
}

/** The address of who connects, IPv4 without its mapping into IPv6. */
export function addressOf(socket: Socket): string {
  return (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
}
