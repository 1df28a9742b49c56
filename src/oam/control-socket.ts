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

export interface Control {
  reload(): Promise<Reloaded>;
}

const OWNER_ONLY = 0o600;

/** @throws what `listen` throws. What is left of an earlier life at `path` is removed. */
export async function listenForControl(path: string, control: Control): Promise<AsyncDisposable> {
  const server = createServer((request, response) => {
    void answer(request.method === "POST" && request.url === "/reload", response);
  });
  async function answer(isOrder: boolean, response: ServerResponse): Promise<void> {
    const reloaded = isOrder ? await control.reload() : undefined;
    const status = reloaded ? (reloaded.ok ? 200 : 422) : 404;
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(reloaded ?? {}));
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
