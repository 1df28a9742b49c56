import { fork, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import {
  AggregatorRegistry,
  type MetricObjectWithValues,
  type MetricValue,
  type Registry,
} from "prom-client";
import type { Config } from "../config/schema.ts";
import { type Clock, systemClock } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import { type HeldSockets, holdSockets, type Places } from "./held-sockets.ts";
import { handOn, type PassedSockets } from "./passed-sockets.ts";
import { type FromChild, parseFromChild, type ToChild } from "./child-messages.ts";

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 10_000;
/** A child that has run for so long starts with a clean slate when it dies. */
const HEALTHY_MS = 30_000;
const METRICS_TIMEOUT_MS = 2_000;
const KILL_AFTER_MS = 5_000;
/** Who has connected to an edge that died waits for the next one, unless that one dies too: then the other edges get all. */
const FAILURES_WHILE_HELD = 1;

/** A process that is starting answers when it has started. */
const USE_TIMEOUT_MS = 20_000;

type Metrics = MetricObjectWithValues<MetricValue<string>>[];
type Answer = Extract<FromChild, { readonly id: number }>;

interface Child {
  readonly name: string;
  process: ChildProcess | undefined;
  ready: boolean;
  failures: number;
  /** What it listens on, when it is an edge. */
  held: HeldSockets | undefined;
}

/** The processes of `warmline run`. */
export interface Supervisor {
  /** Resolves when an edge is ready; rejects with the reason when an edge cannot start at all. */
  started: Promise<void>;
  readonly edgesReady: () => number;
  readonly engineReady: () => boolean;
  /** The children's metrics added up, with those of `own`. */
  metrics(own: Registry): Promise<string>;
  /**
   * All processes, also those that are started later, go by this configuration from now on.
   *
   * @throws {Error} with what a process has against it
   */
  use(config: Config): Promise<void>;
  /** Lets the edges finish what they are doing, then ends the engine. */
  stop(): Promise<void>;
}

/** Starts the engine and the edges as processes of their own, and starts again what dies. */
export function supervise(
  first: Config,
  file: string,
  log: Log,
  {
    clock = systemClock,
    sockets = {},
    places = {},
  }: { clock?: Clock; sockets?: PassedSockets; places?: Places } = {},
): Supervisor {
  let config = first;
  const workers = config.edge.workers || availableParallelism();
  const engine: Child = child("engine");
  const edges = Array.from({ length: workers }, (_, i) => child(`edge-${i + 1}`));
  const children = [engine, ...edges];
  /** Edges that were told to end by somebody else, and finish what they have. */
  const leaving = new Set<ChildProcess>();
  let stopping = false;
  let asked = 0;
  const answers = new Map<number, (answer: Answer | undefined) => void>();
  const settled = Promise.withResolvers<void>();
  settled.promise.catch(() => undefined);

  function start(one: Child): void {
    const startedMs = clock.nowMs();
    let process: ChildProcess;
    if (one !== engine) one.held ??= holdSockets(places);
    const passed = handOn({ ...one.held?.sockets, ...sockets });
    try {
      process = fork(globalThis.process.argv[1] ?? "", [one.name, "--config", file], {
        stdio: ["ignore", "inherit", "inherit", "ipc", ...(one === engine ? [] : passed.files)],
        env: { ...globalThis.process.env, ...(one === engine ? {} : passed.environment) },
      });
    } catch (error) {
      return startAgain(one, startedMs, { err: error });
    }
    // Too little memory, too many processes: some of it is thrown, some comes as an event, and then there is no end to come.
    process.on("error", (error) => {
      if (process.pid === undefined) startAgain(one, startedMs, { err: error });
    });
    if (process.pid !== undefined) {
      one.process = process;
      process.send({ type: "use", id: 0, config } satisfies ToChild, () => undefined);
    }
    process.on("message", (message) => {
      const told = parseFromChild(message);
      if (told?.type === "ready") {
        one.ready = true;
        if (edges.some((e) => e.ready)) settled.resolve();
      } else if (told?.type === "failed") {
        log.error({ child: one.name, reason: told.message }, "a process cannot start");
        if (edges.includes(one)) settled.reject(new Error(told.message));
      } else if (told?.type === "leaving") {
        if (stopping || one.process !== process) return;
        leaving.add(process);
        one.process = undefined;
        one.ready = false;
        log.info(
          { child: one.name },
          "a process has been told to end, and another takes its place",
        );
        start(one);
      } else if (told) answers.get(told.id)?.(told);
    });
    process.once("exit", (status, signal) => {
      if (leaving.delete(process)) return;
      one.process = undefined;
      one.ready = false;
      startAgain(one, startedMs, { status, signal });
    });
  }

  function startAgain(one: Child, startedMs: number, why: object): void {
    if (stopping) return;
    one.failures = clock.nowMs() - startedMs > HEALTHY_MS ? 1 : one.failures + 1;
    if (one.failures > FAILURES_WHILE_HELD) release(one);
    const delayMs = Math.min(FIRST_RETRY_MS * 2 ** (one.failures - 1), LONGEST_RETRY_MS);
    log.warn({ child: one.name, ...why, delayMs }, "a process has ended and is started again");
    setTimeout(() => {
      if (!stopping) start(one);
    }, delayMs);
  }
  children.forEach(start);

  return {
    started: settled.promise,
    edgesReady: () => edges.filter((e) => e.ready).length,
    engineReady: () => engine.ready,
    async metrics(own) {
      const ready = children.filter((c) => c.ready);
      const theirs = await Promise.all(ready.map(metricsOf));
      return AggregatorRegistry.aggregate([...theirs, await own.getMetricsAsJSON()]).metrics();
    },
    async use(next) {
      config = next;
      // All have it before one that does not answer is complained of.
      const used = await Promise.allSettled(children.map(use));
      for (const one of used) if (one.status === "rejected") throw one.reason;
    },
    async stop() {
      stopping = true;
      // The edges accept what waits in them, and close them.
      edges.forEach(release);
      const withinMs = config.edge.drain + KILL_AFTER_MS;
      const ended = [...leaving].map((p) => gone(p, withinMs));
      await Promise.all([...ended, ...edges.map((e) => end(e.process, withinMs))]);
      await end(engine.process, KILL_AFTER_MS);
    },
  };

  /** A child's metrics; one that does not answer in time counts as having none. */
  async function metricsOf(one: Child): Promise<Metrics> {
    const answer = await ask(one, (id) => ({ type: "metrics", id }), METRICS_TIMEOUT_MS);
    return answer?.type === "metrics" ? (answer.metrics as Metrics) : [];
  }

  /** One that is starting answers when it has started; one that has ended is started with the new configuration. */
  async function use(one: Child): Promise<void> {
    const { process } = one;
    if (!process) return;
    const answer = await ask(one, (id) => ({ type: "use", id, config }), USE_TIMEOUT_MS);
    if (answer?.type === "used" && answer.problem !== undefined) {
      throw new Error(`${one.name}: ${answer.problem}`);
    }
    if (!answer && one.process === process) throw new Error(`${one.name} does not answer`);
  }

  /** What a child answers; undefined when it does not in time, or has ended. */
  function ask(
    one: Child,
    message: (id: number) => ToChild,
    withinMs: number,
  ): Promise<Answer | undefined> {
    const id = ++asked;
    const { process } = one;
    return new Promise((resolve) => {
      const done = (answer?: Answer) => {
        clearTimeout(timer);
        answers.delete(id);
        process?.off("exit", ended);
        resolve(answer);
      };
      const ended = () => done();
      const timer = setTimeout(done, withinMs);
      answers.set(id, done);
      process?.once("exit", ended);
      process?.send(message(id), () => undefined);
    });
  }
}

function child(name: string): Child {
  return { name, process: undefined, ready: false, failures: 0, held: undefined };
}

function release(one: Child): void {
  one.held?.[Symbol.dispose]();
  one.held = undefined;
}

/** Asks a child to end; one that has not done so in time is killed. */
async function end(process: ChildProcess | undefined, withinMs: number): Promise<void> {
  if (!process) return;
  process.kill("SIGTERM");
  await gone(process, withinMs);
}

/** Waits for the end of one that was asked; a second signal would end it at once. */
async function gone(process: ChildProcess, withinMs: number): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const exit = new Promise((resolve) => process.once("exit", resolve));
  const killer = setTimeout(() => process.kill("SIGKILL"), withinMs);
  await exit;
  clearTimeout(killer);
}
