import { get } from "node:http";
import type { Clock, Timer } from "../../model/clock.ts";
import type { HealthChecks } from "../../model/site.ts";
import { isOurs, reasonOf } from "./failure.ts";
import type { Origin } from "./origin.ts";

export interface HealthPorts {
  readonly clock: Clock;
  /** The Host field of the question. */
  readonly host: string;
  /** It is healthy from now on, or is not any more, and why. */
  changed(origin: Origin, reason: string | undefined): void;
}

/** Asks each origin for a page now and then, until disposed. They count as healthy until they have failed often enough. */
export function watchHealth(
  origins: readonly Origin[],
  rules: HealthChecks,
  ports: HealthPorts,
): Disposable {
  const watches = origins.map((origin, i) => {
    // Not all at the same moment.
    return watchOrigin(origin, rules, ports, (rules.intervalMs * (i + 1)) / origins.length);
  });
  return {
    [Symbol.dispose]() {
      for (const watch of watches) watch[Symbol.dispose]();
    },
  };
}

function watchOrigin(
  origin: Origin,
  rules: HealthChecks,
  { clock, host, ...ports }: HealthPorts,
  firstMs: number,
): Disposable {
  /** How many times in a row it was not as it counts now. */
  let otherwise = 0;
  let over = false;
  let asking: Question | undefined;
  let timer = clock.after(firstMs, look);

  function look(): void {
    asking = ask(origin.url, rules, host, clock, (verdict) => {
      asking = undefined;
      if (over) return;
      if (verdict !== NOT_ASKED) note(verdict);
      timer = clock.after(rules.intervalMs, look);
    });
  }
  function note(problem: string | undefined): void {
    const healthy = problem === undefined;
    otherwise = healthy === origin.healthy ? 0 : otherwise + 1;
    if (otherwise < (healthy ? rules.healthy : rules.unhealthy)) return;
    otherwise = 0;
    origin.healthy = healthy;
    ports.changed(origin, problem);
  }
  return {
    [Symbol.dispose]() {
      over = true;
      timer[Symbol.dispose]();
      asking?.giveUp();
    },
  };
}

interface Question {
  giveUp(): void;
}

/** We could not ask, for want of our own descriptors or ports: that says nothing of the origin. */
const NOT_ASKED = Symbol("not asked");
/** What is wrong with an origin, if anything is. */
type Verdict = string | undefined | typeof NOT_ASKED;

/** One question, on a connection of its own. What is not answered in time with a status below 400 is a problem. */
function ask(
  url: URL,
  { path, timeoutMs }: HealthChecks,
  host: string,
  clock: Clock,
  done: (verdict: Verdict) => void,
): Question {
  const headers = { Host: host, "User-Agent": "Warmline health check", Connection: "close" };
  const request = get(new URL(path, url), { agent: false, headers });
  let settled = false;
  const timer: Timer = clock.after(timeoutMs, () => settle("no answer in time"));
  function settle(verdict: Verdict): void {
    if (settled) return;
    settled = true;
    timer[Symbol.dispose]();
    request.destroy();
    done(verdict);
  }
  request.on("response", ({ statusCode = 0 }) => {
    settle(statusCode >= 200 && statusCode < 400 ? undefined : `status ${statusCode}`);
  });
  request.on("error", (error) => settle(isOurs(error) ? NOT_ASKED : reasonOf(error)));
  return { giveUp: () => settle(undefined) };
}
