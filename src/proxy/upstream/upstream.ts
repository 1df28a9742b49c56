import type { Clock } from "../../model/clock.ts";
import type { EdgeLimits } from "../limits.ts";
import { Origin } from "./origin.ts";

/** Where the requests of a site go. */
export interface Upstream {
  readonly timeouts: UpstreamTimeouts;
  /** The origins in the order to try now; the first changes each time. */
  order(): readonly Origin[];
  /** It could not be reached: it is tried last for a while. True when it was not resting already. */
  rest(origin: Origin): boolean;
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

export interface UpstreamOptions extends UpstreamTimeouts {
  readonly origins: readonly string[];
  readonly limits: Pick<
    EdgeLimits,
    "originConnections" | "originQueue" | "originRestMs" | "originIdleMs"
  >;
  readonly clock: Clock;
  /** Unix socket instead of the origins' hosts. */
  readonly socketPath?: string;
}

export function createUpstream(options: UpstreamOptions): Upstream {
  const { clock, limits, connectMs, responseMs, socketPath } = options;
  const origins = options.origins.map((url) => new Origin(url, { limits, socketPath }));
  const restUntilMs = new Map<Origin, number>();
  let turn = 0;
  return {
    timeouts: { connectMs, responseMs },
    order() {
      if (origins.length === 1) return origins;
      const first = turn++ % origins.length;
      const order = [...origins.slice(first), ...origins.slice(0, first)];
      if (restUntilMs.size === 0) return order;
      const nowMs = clock.nowMs();
      for (const [origin, untilMs] of restUntilMs) if (untilMs <= nowMs) restUntilMs.delete(origin);
      return order.sort((a, b) => Number(restUntilMs.has(a)) - Number(restUntilMs.has(b)));
    },
    rest(origin) {
      const news = (restUntilMs.get(origin) ?? 0) <= clock.nowMs();
      restUntilMs.set(origin, clock.nowMs() + limits.originRestMs);
      return news;
    },
    tick(stepMs) {
      for (const origin of origins) origin.tick(stepMs);
    },
    retire() {
      for (const origin of origins) origin.retire();
    },
    get unused() {
      return origins.every((origin) => origin.unused);
    },
    destroy() {
      for (const origin of origins) origin.destroy();
    },
  };
}
