/**
 * Load that does not wait: requests arrive at random moments (a Poisson process) at a given rate, whatever has been answered, and
 * each one's time runs from its arrival, also while it waits for a connection. So nothing is left out when a proxy is slow
 * ("coordinated omission"). A process of its own: `node open-loop.ts PORT RATE SECONDS HEADS`, where HEADS is a file with a JSON
 * list of request heads, one connection each; prints an `OpenLoad` as JSON.
 */
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { performance } from "node:perf_hooks";

export interface OpenLoad {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Broken connections, answers other than 200. */
  readonly errors: number;
}

/** What is measured first is left out: connections and caches are new then. */
const WARM_UP_MS = 500;
/** Longest sleep; answers are read this much late at most, with all candidates alike. */
const SLEEP_MS = 0.05;

const [port = 0, rate = 0, seconds = 0] = process.argv.slice(2).map(Number);
const heads = JSON.parse(readFileSync(process.argv[5] ?? "", "utf8")) as string[];
const waiting: number[] = [];
const free: ((arrivedMs: number) => void)[] = [];
const timesMs: number[] = [];
const sleeper = new Int32Array(new SharedArrayBuffer(4));
let [errors, running, seed] = [0, true, 1];

await Promise.all(heads.map(open));
const beganMs = performance.now();
const endMs = beganMs + WARM_UP_MS + seconds * 1000;
let nextMs = beganMs;
arrive();

function arrive(): void {
  const nowMs = performance.now();
  for (; nextMs <= Math.min(nowMs, endMs); nextMs -= (Math.log(1 - random()) * 1000) / rate) {
    const ask = free.shift();
    if (ask) ask(nextMs);
    else waiting.push(nextMs);
  }
  if (nowMs > endMs) return finish();
  Atomics.wait(sleeper, 0, 0, Math.min(nextMs - nowMs, SLEEP_MS));
  setImmediate(arrive);
}

function finish(): void {
  running = false;
  // Who still waits for a connection has waited at least so long.
  for (const arrivedMs of waiting) record(arrivedMs);
  const times = timesMs.toSorted((a, b) => a - b);
  const at = (part: number) => times[Math.floor(times.length * part)] ?? 0;
  const load: OpenLoad = { requests: times.length, p50Ms: at(0.5), p99Ms: at(0.99), errors };
  process.stdout.write(JSON.stringify(load), () => process.exit());
}

/** A connection, which asks when there is something to ask. */
function open(head: string): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const bytes = Buffer.from(head, "latin1");
  let [arrivedMs, expected, got, text] = [0, -1, 0, ""];
  const ask = (ms: number) => {
    arrivedMs = ms;
    [expected, got, text] = [-1, 0, ""];
    socket.write(bytes);
  };
  socket.on("data", (chunk: Buffer) => {
    got += chunk.length;
    if (expected < 0) {
      text += chunk.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end));
      expected = end + 4 + Number(length?.[1] ?? Number.NaN);
      if (!text.startsWith("HTTP/1.1 200 ")) errors++;
    }
    if (got < expected) return;
    record(arrivedMs);
    const next = waiting.shift();
    if (next === undefined) free.push(ask);
    else ask(next);
  });
  const broken = () => {
    if (running) errors++;
  };
  socket.on("error", broken);
  socket.on("end", broken);
  return new Promise((resolve) =>
    socket.once("connect", () => {
      free.push(ask);
      resolve();
    }),
  );
}

function record(arrivedMs: number): void {
  if (arrivedMs > beganMs + WARM_UP_MS) timesMs.push(performance.now() - arrivedMs);
}

/** Between 0 and 1, the same sequence each time (a linear congruential generator: Numerical Recipes, section 7.1). */
function random(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
}
