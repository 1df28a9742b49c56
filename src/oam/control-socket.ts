/**
 * What the operator of the machine may tell a running gateway to do: a Unix socket in the run directory, which only the user that Warmline runs as can open.
 */
import { chmod, rm } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";

/** What became of an order to read the configuration again. */
export type Reloaded =
  | {
      readonly ok: true;
      /** What the file says and what counts after the next start only. */
      readonly later: readonly string[];
    }
  | { readonly ok: false; readonly problem: string };

export interface SiteLine {
  readonly name: string;
  readonly hosts: readonly string[];
  /** `switched_off`: by the operator, whatever the configuration says. */
  readonly engagement: "on" | "off" | "switched_off";
}

export interface Control {
  reload(): Promise<Reloaded>;
  sites(): readonly SiteLine[];
  /** Lets a site be what the configuration says, or proxied only, from the next request on. */
  switchSite(name: string, on: boolean): Promise<Reloaded>;
}

const OWNER_ONLY = 0o600;
const SWITCH = /^POST \/sites\/([a-z0-9-]+)\/(on|off)$/;

/** @throws what `listen` throws. What is left of an earlier life at `path` is removed. */
export async function listenForControl(path: string, control: Control): Promise<AsyncDisposable> {
  const server = createServer((request, response) => {
    void answer(`${request.method} ${request.url}`, response);
  });
  async function answer(order: string, response: ServerResponse): Promise<void> {
    const [, site, how] = SWITCH.exec(order) ?? [];
    if (site !== undefined) send(response, await control.switchSite(site, how === "on"));
    else if (order === "POST /reload") send(response, await control.reload());
    else if (order === "GET /sites") json(response, 200, control.sites());
    else json(response, 404, {});
  }
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  await chmod(path, OWNER_ONLY);
  return {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, reloaded: Reloaded): void {
  json(response, reloaded.ok ? 200 : 422, reloaded);
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}
