/** What is measured: a proxy that runs, and how one is started. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { ENDS_WITH_US } from "../../test/exchange/child.ts";

/**
 * The ways of work: passing on, adding markup to pages, adding it to pages that leave compressed, a tunnel for WebSockets,
 * passing on over TLS 1.3, and over HTTP/2.
 */
export type Way = "plain" | "inject" | "injectGzip" | "websocket" | "tls" | "h2";

export interface Candidate extends AsyncDisposable {
  readonly name: string;
  /** The port for each way that it has. */
  readonly ports: Readonly<Partial<Record<Way, number>>>;
  /** The processes whose time counts. */
  readonly pids: readonly number[];
  /** Processes beside the way of a request; their time is told apart. */
  readonly beside?: readonly number[];
}

/** What candidates are started with. */
export interface Stand {
  /** `http://127.0.0.1:port`. */
  readonly origin: string;
  /** For configurations, logs and sockets; deleted afterwards. */
  readonly directory: string;
  /** PEM, for localhost; without it, the ways that need it are left out. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** Goes into pages where a candidate is told what to add: as long as our own. */
export const MARKUP = '<script async src="/.warmline/loader.js"></script>';

const lastCore = cpus().length - 1;
const onCore = (core: number) => ["taskset", "-c", String(core)];
/** Candidates have the first core for themselves, load, origin and engine share the last. */
export const onCandidatesCore = onCore(0);
export const onLoadsCore = onCore(lastCore);

/** Starts a program on the candidates' core; what it prints goes to a file of its name. */
export function startPinned(
  core: readonly string[],
  name: string,
  command: readonly string[],
  { directory }: Pick<Stand, "directory">,
  env: NodeJS.ProcessEnv = {},
): ChildProcess {
  const output = openSync(join(directory, `${name}.log`), "a");
  const [program = "", ...args] = [...ENDS_WITH_US, ...core, ...command];
  const child = spawn(program, args, {
    stdio: ["ignore", output, output],
    env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin`, ...env },
  });
  closeSync(output);
  return child;
}

/** Ends a program and waits until it is gone. By a signal that it can hear: nginx has a worker to take along. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

/** @throws {Error} when there is no such process (any more) */
export function childrenOf(pid: number): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return list === "" ? [] : list.split(" ").map(Number);
}
