import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "../../test/free-port.ts";
import { until } from "../../test/until.ts";
import { startCaddy } from "./caddy.ts";
import { type Candidate, end, onLoadsCore, type Stand, startPinned } from "./candidate.ts";
import { startHaproxies } from "./haproxy.ts";
import { startNginx } from "./nginx.ts";
import { npmPeers, startNpmPeer } from "./npm-peers.ts";

const program = fileURLToPath(new URL("origin.ts", import.meta.url));
const peers = fileURLToPath(new URL("../peers/node_modules", import.meta.url));

/** The origin and a folder for all, until disposed. */
export async function openStand(): Promise<Stand & AsyncDisposable> {
  const directory = mkdtempSync(join(tmpdir(), "warmline-bench-"));
  const [port = 0] = await freePorts(1);
  const command = [process.execPath, program, String(port)];
  const origin = startPinned(onLoadsCore, "origin", command, { directory });
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/page`);
  const certificate = selfSigned(directory);
  return {
    origin: url,
    directory,
    ...(certificate && { certificate }),
    async [Symbol.asyncDispose]() {
      await end(origin);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export interface Peers extends AsyncDisposable {
  /** nginx first. */
  readonly list: readonly Candidate[];
}

/** Starts the peers that this machine has. */
export async function startPeers(stand: Stand): Promise<Peers> {
  const found = [await startNginx(stand)];
  if (has("haproxy")) found.push(...(await startHaproxies(stand)));
  if (has("caddy")) found.push(await startCaddy(stand));
  if (existsSync(peers)) {
    for (const name of npmPeers) found.push(await startNpmPeer(name, stand));
  }
  await Promise.all(found.map(({ ports }) => answers(`http://127.0.0.1:${ports.plain}/page`)));
  return {
    list: found,
    async [Symbol.asyncDispose]() {
      await Promise.all(found.map((peer) => peer[Symbol.asyncDispose]()));
    },
  };
}

function answers(url: string): Promise<unknown> {
  return until(`an answer of ${url}`, () =>
    fetch(url).then(
      (answer) => answer.ok,
      () => false,
    ),
  );
}

const has = (command: string) =>
  ["/usr/sbin", "/usr/bin"].some((at) => existsSync(join(at, command)));

/** For localhost, by OpenSSL, P-256 as certificate authorities give out by default. */
function selfSigned(directory: string): Stand["certificate"] {
  const [cert, key] = [join(directory, "cert.pem"), join(directory, "key.pem")];
  const request =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost";
  const made = spawnSync("openssl", [...request.split(" "), "-out", cert, "-keyout", key]);
  return made.status === 0 ? { cert, key } : undefined;
}
