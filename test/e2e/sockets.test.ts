/** Row E10: sockets that systemd has opened (sd_listen_fds(3)): they outlive Warmline, so that a restart refuses nobody. */
import { once } from "node:events";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { Agent, request } from "undici";
import { ENDS_WITH_US } from "../exchange/child.ts";
import { until } from "../until.ts";
import { startGateway } from "./gateway.ts";
import { startNginx } from "./nginx.ts";

t.test(
  "a gateway on sockets of systemd's; while it is started anew, who connects waits",
  async (t) => {
    await using origin = await startNginx();
    const [http, https] = [await opened(), await opened()];
    t.teardown(() => [http, https].forEach((socket) => socket.close()));
    const onSockets = (args: readonly string[]) => {
      // As systemd does it: the process id is known only after the fork.
      const script = 'LISTEN_PID=$$ exec "$@"';
      const node = [process.execPath, "src/main.ts", ...args];
      const [command = "", ...rest] = [...ENDS_WITH_US, "sh", "-c", script, "sh", ...node];
      return spawn(command, rest, {
        stdio: ["ignore", "pipe", "pipe", http.fd, https.fd],
        env: { ...process.env, LISTEN_FDS: "2", LISTEN_FDNAMES: "http:https" },
      });
    };
    const overrides = { edge: { workers: 2, drain: "5s" } };
    let waiting: Promise<number>;
    {
      await using gateway = await startGateway(origin.url, overrides, onSockets);
      t.equal(await status(`http://127.0.0.1:${http.port}`), 200);
      t.equal(await status(`https://127.0.0.1:${https.port}`), 200);
      await t.rejects(status(gateway.site), "the address in the file does not count");
      process.kill(gateway.pid("edge-1"), "SIGKILL");
      process.kill(gateway.pid("edge-2"), "SIGKILL");
      t.equal(
        await status(`http://127.0.0.1:${http.port}`),
        200,
        "edges that are started again get them too",
      );
      await gateway.stop("SIGTERM");
      waiting = status(`http://127.0.0.1:${http.port}`);
    }
    await using _gateway = await startGateway(origin.url, overrides, onSockets);
    t.equal(await waiting, 200, "who came in between has waited");
  },
);

t.test("the units are as systemd wants them", { skip: !systemdAnalyze() }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "warmline-units-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  cpSync("systemd", folder, { recursive: true });
  const units = ["warmline.service", "warmline-http.socket", "warmline-https.socket"];
  const { stderr } = spawnSync(
    "systemd-analyze",
    ["verify", "--man=no", ...units.map((u) => join(folder, u))],
    {
      encoding: "utf8",
    },
  );
  const complaints = stderr.split("\n").filter((line) => line.includes("warmline"));
  // The program is not in /opt/warmline here.
  t.same(
    complaints.filter((line) => !/Command .* is not executable/.test(line)),
    [],
  );
});

function systemdAnalyze(): boolean {
  return spawnSync("systemd-analyze", ["--version"]).status === 0;
}

async function status(url: string): Promise<number> {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false }, headersTimeout: 60_000 });
  try {
    const { statusCode, body } = await until("an answer", () =>
      request(url, { dispatcher }).catch((error: NodeJS.ErrnoException) => {
        // An edge that was killed has taken some with it.
        if (error.code === "ECONNREFUSED") throw error;
        return undefined;
      }),
    );
    await body.dump();
    return statusCode;
  } finally {
    await dispatcher.close();
  }
}

/** A socket as systemd holds it: nobody here accepts from it. Node has no way to make one but by the inside of a server. */
async function opened(): Promise<{ fd: number; port: number; close(): void }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { _handle: handle } = server as unknown as { _handle: Handle };
  const socket = new handle.constructor(SERVER);
  server.close();
  if (socket.bind("127.0.0.1", 0) !== 0) throw new Error("no address is free");
  const name = { port: 0 };
  socket.getsockname(name);
  return { fd: socket.fd, port: name.port, close: () => socket.close() };
}

const SERVER = 1;

interface Handle {
  readonly constructor: new (kind: number) => Handle;
  readonly fd: number;
  bind(host: string, port: number): number;
  getsockname(out: object): void;
  close(): void;
}
