/**
 * Load by programs that others have written, wrk for HTTP/1.1 and h2load for HTTP/2, and for WebSockets by one of ours.
 * Closed loop: each connection waits for its answer before it asks again.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ENDS_WITH_US } from "../../test/exchange/child.ts";
import { type Candidate, onLoadsCore, type Stand } from "./candidate.ts";
import type { OpenLoad } from "./open-loop.ts";
import { fieldsOf, headOf, type Work } from "./work.ts";

export interface Load {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Requests without the right status, connections that broke. */
  readonly errors: number;
}

type Cookies = readonly (string | undefined)[];

/** Gives a candidate as much work as it takes, for so many seconds. */
export function load(
  candidate: Candidate,
  work: Work,
  cookies: Cookies,
  seconds: number,
  stand: Stand,
): Promise<Load> {
  switch (work.way) {
    case "websocket":
      return webSockets(candidate, work, seconds);
    case "h2":
      return h2load(candidate, work, cookies, seconds, stand);
    default:
      return wrk(candidate, work, cookies, seconds, stand);
  }
}

/** Gives a candidate so many requests a second, whatever it does, on a connection for each of `heads`. */
export async function openLoad(
  candidate: Candidate,
  heads: readonly string[],
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
  { directory }: Stand,
): Promise<OpenLoad> {
  const program = fileURLToPath(new URL("open-loop.ts", import.meta.url));
  const file = join(directory, "heads.json");
  writeFileSync(file, JSON.stringify(heads));
  const args = [candidate.ports.plain, Math.round(rate), seconds].map(String);
  return JSON.parse(await run([process.execPath, program, ...args, file])) as OpenLoad;
}

async function webSockets(candidate: Candidate, work: Work, seconds: number): Promise<Load> {
  const program = fileURLToPath(new URL("websocket-load.ts", import.meta.url));
  const args = [candidate.ports.websocket, work.connections, seconds].map(String);
  return JSON.parse(await run([process.execPath, program, ...args])) as Load;
}

async function wrk(
  candidate: Candidate,
  work: Work,
  cookies: Cookies,
  seconds: number,
  { directory }: Stand,
): Promise<Load> {
  const script = join(directory, "load.lua");
  const heads = cookies.map((cookie) => headOf(work, cookie));
  // Each thread is a visitor with some connections, as a browser is. JSON's strings are Lua's, for such text.
  writeFileSync(
    script,
    `local heads, threads = {${heads.map((head) => JSON.stringify(head)).join(",\n")}}, 0
setup = function(thread) threads = threads + 1; thread:set("mine", threads) end
init = function() wrk.format = function() return heads[mine] end end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %f %f %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end\n`,
  );
  const scheme = work.way === "tls" ? "https" : "http";
  const host = work.way === "tls" ? "localhost" : "127.0.0.1";
  const url = `${scheme}://${host}:${candidate.ports[work.way]}${work.path}`;
  const output = await run(
    `wrk -t ${heads.length} -c ${work.connections} -d ${seconds}s -s ${script} ${url}`.split(" "),
  );
  const [, ...found] = /RESULT (\d+) (\d+) ([\d.]+) ([\d.]+) (\d+)/.exec(output) ?? [];
  const [requests = 0, us = 0, p50Us = 0, p99Us = 0, errors = 0] = found.map(Number);
  if (requests === 0) throw new Error(`wrk has measured nothing: ${output}`);
  return { requests, seconds: us / 1e6, p50Ms: p50Us / 1000, p99Ms: p99Us / 1000, errors };
}

/** All streams are one visitor's: h2load sends the same fields on each. */
async function h2load(
  candidate: Candidate,
  work: Work,
  [cookie]: Cookies,
  seconds: number,
  { directory }: Stand,
): Promise<Load> {
  const file = join(directory, "h2load.log");
  rmSync(file, { force: true });
  const fields = fieldsOf(work, cookie).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const options = `-c ${work.connections / 4} -m 4 -D ${seconds} --log-file ${file}`.split(" ");
  const url = `https://localhost:${candidate.ports.h2}${work.path}`;
  const output = await run(["h2load", ...options, ...fields, url]);
  // A line for each request: start in microseconds, status, duration in microseconds.
  const lines = readFileSync(file, "utf8").matchAll(/^\d+\t(-?\d+)\t(\d+)$/gm);
  const all = Array.from(lines, ([, status, us]) => ({ ok: status === "200", us: Number(us) }));
  const times = all.map(({ us }) => us).toSorted((a, b) => a - b);
  if (times.length === 0) throw new Error(`h2load has measured nothing: ${output}`);
  return {
    requests: all.length,
    seconds,
    p50Ms: (times[Math.floor(times.length * 0.5)] ?? 0) / 1000,
    p99Ms: (times[Math.floor(times.length * 0.99)] ?? 0) / 1000,
    errors: all.filter(({ ok }) => !ok).length,
  };
}

/** Runs a program on the load's core, to its end; what it printed. */
export async function run(command: readonly string[]): Promise<string> {
  const [program = "", ...args] = [...ENDS_WITH_US, ...onLoadsCore, ...command];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  await once(child, "close");
  return Buffer.concat(parts).toString();
}
