import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";

/** Below the ports that the system gives out by itself, to whoever connects too, and below those of the test exchange. */
const FIRST = 10_000;
const LAST = 23_999;

/** Loopback TCP ports that nobody listens on at this moment, and that nobody else is likely to be given soon; all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = new Map<number, Server>();
  while (servers.size < count) {
    const port = randomInt(FIRST, LAST + 1);
    const server = servers.has(port) ? undefined : await listen(port);
    if (server) servers.set(port, server);
  }
  await Promise.all([...servers.values()].map((s) => new Promise((done) => s.close(done))));
  return [...servers.keys()];
}

function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
