import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { EdgeOrder, EdgeState } from "./edge-child.ts";

export interface EdgeProcess extends AsyncDisposable {
  readonly port: number;
  /** Of HTTPS. */
  readonly securePort: number;
  /** How it is at this moment. */
  state(): Promise<EdgeState>;
  /** Its resident memory, without garbage. */
  rssBytes(): Promise<number>;
  /** How many files and sockets it has open. */
  openFiles(): number;
}

const PROGRAM = fileURLToPath(new URL("edge-child.ts", import.meta.url));

/**
 * Starts an edge as a process, which ends with this one.
 *
 * @param files how many files it may have open
 */
export async function edgeProcess(order: EdgeOrder, files = 4096): Promise<EdgeProcess> {
  const child = spawn(
    "sh",
    [
      "-c",
      `ulimit -n ${files}; exec "$0" "$@"`,
      process.execPath,
      "--expose-gc",
      PROGRAM,
      JSON.stringify(order),
    ],
    { stdio: ["ignore", "inherit", "inherit", "ipc"] },
  );
  const ended = once(child, "exit");
  const told = async () => {
    const [state] = (await Promise.race([
      once(child, "message"),
      ended.then(([status]) => Promise.reject(new Error(`the edge ended with ${String(status)}`))),
    ])) as [EdgeState];
    return state;
  };
  const { port, securePort } = await told();
  const state = () => {
    child.send("tell");
    return told();
  };
  return {
    port,
    securePort,
    state,
    async rssBytes() {
      await state();
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
    },
    openFiles: () => readdirSync(`/proc/${child.pid}/fd`).length,
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
