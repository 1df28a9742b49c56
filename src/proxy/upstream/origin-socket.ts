import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** A connection to an origin that is being made, paused; by a Unix socket instead of the URL's host, when there is a path. */
export function socketTo({ protocol, hostname, port }: URL, path: string | undefined): Socket {
  if (path !== undefined) return connectPlain({ path, allowHalfOpen: true }).pause();
  const host = hostname.replace(/^\[|\]$/g, "");
  const to = {
    host,
    port: Number(port) || (protocol === "https:" ? 443 : 80),
    allowHalfOpen: true,
  };
  return protocol === "https:"
    ? connectTls({ ...to, servername: host, ALPNProtocols: ["http/1.1"] }).pause()
    : connectPlain(to).pause();
}
