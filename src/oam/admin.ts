import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the admin listener tells. */
export interface AdminSource {
  /** All metrics in the Prometheus text format 0.0.4. */
  metrics(): Promise<string>;
  /** Whether visitors are served. An origin, the engine or an exchange that is down must not make us unready. */
  ready(): { readonly ready: boolean; readonly detail: Readonly<Record<string, unknown>> };
}

export interface AdminListener extends AsyncDisposable {
  readonly address: AddressInfo;
}

/**
 * Serves `/metrics`, `/livez`, `/readyz` and `/healthz` to operators; never on an address that visitors reach.
 *
 * @throws {Error} with code EADDRINUSE and the like, when it cannot listen
 */
export async function listenForOperators(
  listen: { readonly host: string; readonly port: number },
  source: AdminSource,
): Promise<AdminListener> {
  const server = createServer((request, response) => {
    const path = request.url?.split("?", 1)[0];
    if (request.method !== "GET" && request.method !== "HEAD")
      return text(response, 405, "GET only\n");
    if (path === "/livez") return text(response, 200, "ok\n");
    if (path === "/readyz" || path === "/healthz") {
      const { ready, detail } = source.ready();
      return json(response, ready ? 200 : 503, { ready, ...detail });
    }
    if (path !== "/metrics") return text(response, 404, "/metrics /livez /readyz\n");
    void sendMetrics(response, source);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(listen.port, listen.host, resolve);
  });
  return {
    address: server.address() as AddressInfo,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function sendMetrics(response: ServerResponse, source: AdminSource): Promise<void> {
  try {
    const metrics = await source.metrics();
    response.setHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.end(metrics);
  } catch {
    text(response, 500, "the metrics could not be collected\n");
  }
}

function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(body);
}

function json(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { "Content-Type": "application/json; charset=utf-8" })
    .end(`${JSON.stringify(body)}\n`);
}
