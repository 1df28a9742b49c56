import { type Dispatcher, Pool } from "undici";
import type { Clock } from "../../model/clock.ts";
import type { EdgeLimits } from "../limits.ts";

/** One server that answers for a site. */
export interface Origin {
  readonly url: URL;
  /** Connections that are kept and used again; bounded. */
  readonly kept: Dispatcher;
  /** A new connection for each request: for what a kept one has failed. */
  readonly fresh: Dispatcher;
  /**
   * Takes a place; undefined when as many requests run and wait as may. Uploads leave a part of the connections to others:
   * many that come byte by byte must not keep everybody from the pages. Disposing gives the place back, once.
   */
  enter(upload: boolean): Disposable | undefined;
  /** It could not be reached: it is tried last for a while. True when it was not resting already. */
  rest(): boolean;
}

/** Where requests go. */
export interface Upstream {
  /** The origins in the order to try now; the first changes each time. */
  order(): Origin[];
  destroy(): Promise<void>;
}

export interface UpstreamOptions {
  readonly origins: readonly string[];
  readonly connectMs: number;
  /** Until the head of the answer. */
  readonly responseMs: number;
  readonly limits: Pick<EdgeLimits, "originConnections" | "originQueue" | "originRestMs">;
  readonly clock: Clock;
  /** Unix socket instead of the origins' hosts. */
  readonly socketPath?: string;
}

/** The part of an origin's connections that uploads may take. */
const UPLOAD_SHARE = 0.75;

export function createUpstream(options: UpstreamOptions): Upstream {
  const { clock, limits } = options;
  const restUntilMs = new Map<Origin, number>();
  const origins = options.origins.map((url) =>
    createOrigin(url, options, (origin) => {
      const news = (restUntilMs.get(origin) ?? 0) <= clock.nowMs();
      restUntilMs.set(origin, clock.nowMs() + limits.originRestMs);
      return news;
    }),
  );
  let turn = 0;
  return {
    order() {
      const first = turn++ % origins.length;
      const order = [...origins.slice(first), ...origins.slice(0, first)];
      if (restUntilMs.size === 0) return order;
      const nowMs = clock.nowMs();
      for (const [origin, untilMs] of restUntilMs) if (untilMs <= nowMs) restUntilMs.delete(origin);
      return order.sort((a, b) => Number(restUntilMs.has(a)) - Number(restUntilMs.has(b)));
    },
    async destroy() {
      await Promise.all(origins.flatMap(({ kept, fresh }) => [kept.destroy(), fresh.destroy()]));
    },
  };
}

function createOrigin(url: string, options: UpstreamOptions, rest: (o: Origin) => boolean): Origin {
  const { connectMs, responseMs, socketPath, limits } = options;
  const settings: Pool.Options = {
    connect: { timeout: connectMs, ...(socketPath !== undefined && { socketPath }) },
    headersTimeout: responseMs,
    // Our own watch (`attempt.ts`) knows an event stream, and a visitor who reads slowly.
    bodyTimeout: 0,
  };
  const mostUploads = Math.ceil(limits.originConnections * UPLOAD_SHARE);
  const most = limits.originConnections + limits.originQueue;
  let inside = 0;
  let uploads = 0;
  const origin: Origin = {
    url: new URL(url),
    kept: new Pool(url, { ...settings, connections: limits.originConnections, pipelining: 1 }),
    fresh: new Pool(url, { ...settings, connections: limits.originConnections, pipelining: 0 }),
    enter(upload) {
      if (inside >= most || (upload && uploads >= mostUploads)) return undefined;
      inside++;
      if (upload) uploads++;
      let left = false;
      return {
        [Symbol.dispose]() {
          if (left) return;
          left = true;
          inside--;
          if (upload) uploads--;
        },
      };
    },
    rest: () => rest(origin),
  };
  return origin;
}
