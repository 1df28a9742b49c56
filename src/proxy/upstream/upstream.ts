import type { Clock } from "../../model/clock.ts";
import type { UpstreamRules } from "../../model/site.ts";
import type { EdgeLimits } from "../limits.ts";
import { balancer } from "./balance.ts";
import type { FailureKind } from "./failure.ts";
import { watchHealth } from "./health.ts";
import { Origin } from "./origin.ts";

/** Where the requests of a site go. */
export interface Upstream {
  readonly timeouts: StageTimeouts;
  /** In the order of the configuration. */
  readonly origins: readonly Origin[];
  /** The origins in the order to try now, those that are out last. @param client address of who asks */
  order(client: string): readonly Origin[];
  /** It gave no answer. True when it is left out from now on, and was not before. */
  failed(origin: Origin, kind: FailureKind): boolean;
  /** Whether a request may be sent once more: no more than a share of all are, or an origin in trouble would get twice the load. */
  mayRepeat(): boolean;
  /** Time has passed. */
  tick(stepMs: number): void;
  /** Another has taken its place: what runs is finished. */
  retire(): void;
  /** Retired, and nothing runs any more. */
  readonly unused: boolean;
  destroy(): void;
}

export interface UpstreamTimeouts {
  readonly connectMs: number;
  /** Until the head of the answer. */
  readonly responseMs: number;
}

export interface StageTimeouts extends UpstreamTimeouts {
  /** How long the body of an answer may stand still. */
  readonly stallMs: number;
  /** How long a connection is kept without use. */
  readonly idleMs: number;
}

export interface UpstreamOptions extends UpstreamTimeouts {
  readonly origins: readonly string[];
  /** What the site says of them; without it they take turns. */
  readonly rules?: UpstreamRules | undefined;
  readonly limits: Pick<
    EdgeLimits,
    | "originConnections"
    | "originQueue"
    | "originRestMs"
    | "originIdleMs"
    | "stallMs"
    | "descriptors"
  >;
  readonly clock: Clock;
  /** Unix socket instead of the origins' hosts. */
  readonly socketPath?: string;
  /** What health checks ask for. */
  readonly host?: string | undefined;
  /** A health check sees it otherwise than before. */
  healthChanged?(origin: Origin, reason: string | undefined): void;
}

/** So many failures of any kind, one after the other; one is enough when an origin cannot even be reached. */
const MOST_FAILURES = 3;
/** An origin that goes out again and again is out for longer, at most so many times as long. */
const LONGEST_REST = 12;
/** Percent of the requests that may be repeats, when a site says nothing; and how many may be saved up. */
const [REPEATS, FIRST_REPEATS, MOST_REPEATS] = [20, 10, 100];

export function createUpstream(options: UpstreamOptions): Upstream {
  const { clock, limits, rules, socketPath } = options;
  const timeouts = timeoutsOf(options);
  const origins = options.origins.map(
    (url, i) => new Origin(url, { limits, idleMs: timeouts.idleMs, socketPath, name: `${i}` }),
  );
  const arrange = balancer(rules?.balance ?? "round_robin", origins);
  const share = (rules?.repeats ?? REPEATS) / 100;
  let repeats = share === 0 ? 0 : FIRST_REPEATS;
  const checks =
    rules?.health &&
    watchHealth(origins, rules.health, {
      clock,
      host: options.host ?? "",
      changed: (origin, reason) => options.healthChanged?.(origin, reason),
    });
  return {
    timeouts,
    origins,
    order(client) {
      repeats = Math.min(MOST_REPEATS, repeats + share);
      if (origins.length === 1) return origins;
      const order = arrange(client);
      if (!origins.some((origin) => origin.suspect)) return order;
      const nowMs = clock.nowMs();
      return order.sort((a, b) => Number(a.isOut(nowMs)) - Number(b.isOut(nowMs)));
    },
    failed(origin, kind) {
      // It is there, and does what it can.
      if (kind === "busy") return false;
      const failures = ++origin.failures;
      if (kind !== "connect" && failures < MOST_FAILURES) return false;
      const nowMs = clock.nowMs();
      const news = !origin.isOut(nowMs);
      if (news) origin.outs++;
      const times = Math.min(2 ** (origin.outs - 1), LONGEST_REST);
      origin.outUntilMs = nowMs + limits.originRestMs * times;
      return news;
    },
    mayRepeat() {
      if (repeats < 1) return false;
      repeats -= 1;
      return true;
    },
    tick(stepMs) {
      for (const origin of origins) origin.tick(stepMs);
    },
    retire() {
      checks?.[Symbol.dispose]();
      for (const origin of origins) origin.retire();
    },
    get unused() {
      return origins.every((origin) => origin.unused);
    },
    destroy() {
      checks?.[Symbol.dispose]();
      for (const origin of origins) origin.destroy();
    },
  };
}

/** How long each stage of a request may take: as the site says, or else the edge. */
function timeoutsOf(
  options: Pick<UpstreamOptions, "connectMs" | "responseMs" | "limits" | "rules">,
): StageTimeouts {
  const { limits, rules } = options;
  const own = rules?.timeouts;
  return {
    connectMs: own?.connectMs ?? options.connectMs,
    responseMs: own?.firstByteMs ?? options.responseMs,
    stallMs: own?.betweenBytesMs ?? limits.stallMs,
    idleMs: own?.idleMs ?? limits.originIdleMs,
  };
}
