import { Pool } from "undici";

/** Where requests go: one pool of connections for each origin. */
export interface Upstream {
  readonly pools: readonly Pool[];
  /** The pools in the order to try now; the first changes each time. */
  order(): Pool[];
  destroy(): Promise<void>;
}

export interface UpstreamOptions {
  readonly origins: readonly string[];
  readonly connectMs: number;
  /** Until the head of the answer. */
  readonly responseMs: number;
  /** Unix socket instead of the origins' hosts. */
  readonly socketPath?: string;
}

export function createUpstream(options: UpstreamOptions): Upstream {
  const { connectMs, responseMs, socketPath } = options;
  const pools = options.origins.map(
    (origin) =>
      new Pool(origin, {
        connect: { timeout: connectMs, ...(socketPath !== undefined && { socketPath }) },
        headersTimeout: responseMs,
        // An event stream may be silent for long; who leaves ends it.
        bodyTimeout: 0,
        pipelining: 1,
      }),
  );
  let turn = 0;
  return {
    pools,
    order() {
      const first = turn++ % pools.length;
      return [...pools.slice(first), ...pools.slice(0, first)];
    },
    async destroy() {
      await Promise.all(pools.map((pool) => pool.destroy()));
    },
  };
}
