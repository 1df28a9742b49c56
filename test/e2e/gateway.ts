/** A whole Warmline for a test: `warmline run` with a configuration of its own, on free ports, in a folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { ENDS_WITH_US } from "../exchange/child.ts";
import { freePorts } from "../free-port.ts";
import { until } from "../until.ts";

export interface Gateway extends AsyncDisposable {
  readonly site: string;
  readonly desk: string;
  readonly admin: string;
  /** The site by HTTPS, with a certificate that nobody vouches for. */
  readonly secureSite: string;
  readonly directory: string;
  readonly keyRing: string;
  /** All that it has written so far. */
  output(): string;
  /** One of Prometheus's figures, added up over its labels. */
  metric(name: string, labels?: string): Promise<number>;
  /** The process id of the supervisor, or of one of its children. */
  pid(process: "supervisor" | "engine" | `edge-${number}`): number;
  /** Sends the supervisor a signal and waits for its end; its exit status. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

/** Fields by which a program passes for a browser that opens a page. */
export const BROWSER = {
  accept: "text/html",
  "accept-language": "en",
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
};

/** Three processes start, on a machine that may be busy with other tests. */
const START_MS = 60_000;

/** Keys of the configuration file, each replacing the test's own. */
export type Overrides = Readonly<Record<string, unknown>>;

export const PASSWORD = "correct-horse-battery";

/** The hash of {@link PASSWORD}. */
const PASSWORD_HASH =
  "$argon2id$v=19$m=19456,t=2,p=1$ZCEwcRlDK4PhRo0UtAQXIA$wxw9tbJ6uajME/u3sACO3fKufQ7whoOrWJVIeQ6aDCM";

/** Starts a gateway (by `run`, with these arguments) and waits until it serves pages and its engine answers. */
export async function startGateway(
  origin: string,
  overrides: Overrides = {},
  run: (args: readonly string[]) => ChildProcess = runWarmline,
): Promise<Gateway> {
  const { directory, file, ports } = await writeConfig(origin, overrides);
  const process = run(["run", "--config", file]);
  const [http, desk, admin, https] = ports;
  const gateway = watch(process, directory, {
    site: `http://127.0.0.1:${http}`,
    desk: `http://127.0.0.1:${desk}`,
    admin: `http://127.0.0.1:${admin}`,
    secureSite: `https://127.0.0.1:${https}`,
  });
  const ready = () => {
    if (process.exitCode !== null) throw new Error(`it has ended:\n${gateway.output()}`);
    return isReady(gateway.admin);
  };
  await until("the gateway to be ready", ready, START_MS).catch(async (error: unknown) => {
    await gateway[Symbol.asyncDispose]();
    throw new Error(`${String(error)}\n${gateway.output()}`, { cause: error });
  });
  return gateway;
}

/** The test's own agents, by name with other telephones than 101 and 102. */
export function agentsWith(telephones: Readonly<Record<string, string>> = {}) {
  const agent = (name: string, displayName: string, telephone: string) => ({
    name,
    displayName,
    telephone: telephones[name] ?? telephone,
    firm: "crema",
    passwordHash: PASSWORD_HASH,
    maySetPriority: true,
  });
  return [agent("anna", "Anna", "101"), agent("ben", "Ben", "102")];
}

/** Writes a configuration with one site, two agents and the patent's own campaign. */
export async function writeConfig(origin: string, overrides: Overrides = {}) {
  const directory = mkdtempSync(join(tmpdir(), "warmline-e2e-"));
  const file = join(directory, "warmline.yaml");
  const ports = await freePorts(4);
  const config = {
    version: 1,
    listen: {
      http: `127.0.0.1:${ports[0]}`,
      desk: `127.0.0.1:${ports[1]}`,
      admin: `127.0.0.1:${ports[2]}`,
      https: `127.0.0.1:${ports[3]}`,
    },
    directories: { state: join(directory, "state"), run: join(directory, "run") },
    edge: { workers: 1, drain: "5s" },
    firms: [{ name: "crema", displayName: "Crema" }],
    sites: [
      {
        name: "shop",
        hosts: ["127.0.0.1", "localhost"],
        origins: [origin],
        firm: "crema",
        country: "DE",
        timeZone: "Europe/Berlin",
        consent: { undecided: "identified" },
        calls: { hours: ["Mon-Sun 00:00-24:00"] },
      },
    ],
    agents: agentsWith(),
    messages: [{ name: "hello", heading: "Hello, my name is {{agent}}.", text: "May I help you?" }],
    campaigns: [
      {
        name: "twice-in-a-week",
        site: "shop",
        mode: "alert_first",
        when: 'visits("7d") >= 2',
        message: "hello",
      },
    ],
    ...overrides,
  };
  writeFileSync(file, stringify(config));
  return { directory, file, ports, config };
}

/** Runs a command of Warmline; the caller ends it. */
export function runWarmline(args: readonly string[]): ChildProcess {
  const [command = "", ...rest] = [...ENDS_WITH_US, process.execPath, "src/main.ts", ...args];
  return spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"] });
}

/** What a process prints, as it comes. */
export function printed(process: ChildProcess): () => string {
  let text = "";
  for (const stream of [process.stdout, process.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  }
  return () => text;
}

function watch(
  process: ChildProcess,
  directory: string,
  urls: Pick<Gateway, "site" | "desk" | "admin" | "secureSite">,
): Gateway {
  const output = printed(process);
  const ended = new Promise<number | null>((resolve) => process.once("exit", resolve));
  return {
    ...urls,
    directory,
    keyRing: join(directory, "state", "visitor-cookie.keys"),
    output,
    async metric(name, labels = "") {
      const text = await (await fetch(`${urls.admin}/metrics`)).text();
      return text
        .split("\n")
        .filter((line) => line.startsWith(name) && /^[ {]/.test(line.slice(name.length)))
        .filter((line) => line.includes(labels))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
    },
    pid: (name) => (name === "supervisor" ? (process.pid ?? 0) : childOf(process.pid ?? 0, name)),
    async stop(signal) {
      process.kill(signal);
      return ended;
    },
    async [Symbol.asyncDispose]() {
      if (process.exitCode === null && process.signalCode === null) process.kill("SIGTERM");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The process ids of children of the supervisor, by their command line: the oldest first. */
function childrenOf(supervisor: number, name: string): number[] {
  const list = readFileSync(`/proc/${supervisor}/task/${supervisor}/children`, "utf8");
  return list
    .trim()
    .split(" ")
    .map(Number)
    .filter((pid) => commandOf(pid).includes(name));
}

function childOf(supervisor: number, name: string): number {
  const found = childrenOf(supervisor, name).at(-1);
  if (found === undefined) throw new Error(`the gateway has no child ${name}`);
  return found;
}

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

async function isReady(admin: string): Promise<true | undefined> {
  const state = await fetch(`${admin}/readyz`).then(
    (r) => r.json() as Promise<{ ready: boolean; engine: boolean }>,
    () => undefined,
  );
  return state?.ready && state.engine ? true : undefined;
}

/** Kills the engine as the kernel does when memory is short; the supervisor starts another one. */
export async function killEngine(gateway: Gateway): Promise<void> {
  const killed = gateway.pid("engine");
  process.kill(killed, "SIGKILL");
  await until("another engine", () => {
    try {
      return gateway.pid("engine") !== killed;
    } catch {
      return false;
    }
  });
}
