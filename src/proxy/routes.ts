import type { Clock } from "../model/clock.ts";
import type { Site } from "../model/site.ts";
import type { EdgeLimits } from "./limits.ts";
import type { EdgeMetrics } from "./ports.ts";
import { type SiteRules, siteRules } from "./site-rules.ts";
import { createUpstream, type Upstream, type UpstreamTimeouts } from "./upstream/upstream.ts";

/** A site as requests meet it. */
export interface Routed {
  readonly site: Site;
  readonly rules: SiteRules;
  readonly upstream: Upstream;
}

/** Where requests go, by host. The table is made anew when the configuration changes; connections to origins stay. */
export interface Routes {
  /** The table for these sites. Origins that are in it no more finish what they have. */
  use(sites: readonly Site[], timeouts: UpstreamTimeouts): (host: string) => Routed | undefined;
  /** Time has passed. */
  tick(stepMs: number): void;
  destroy(): void;
}

export function createRoutes(ports: {
  readonly clock: Clock;
  readonly limits: EdgeLimits;
  readonly metrics: EdgeMetrics;
}): Routes {
  const { clock, limits, metrics } = ports;
  /** By all that makes them what they are: what is the same stays, with its connections. */
  let upstreams = new Map<string, Upstream>();
  const retired = new Set<Upstream>();
  return {
    use(sites, timeouts) {
      const byHost = new Map<string, Routed>();
      const next = new Map<string, Upstream>();
      for (const site of sites) {
        const { name, origins } = site;
        const key = JSON.stringify([name, origins, timeouts]);
        const upstream =
          upstreams.get(key) ?? createUpstream({ origins, ...timeouts, limits, clock });
        next.set(key, upstream);
        const rules = siteRules(site, metrics);
        for (const host of site.hosts) byHost.set(host, { site, rules, upstream });
      }
      for (const [key, upstream] of upstreams) {
        if (next.has(key)) continue;
        upstream.retire();
        retired.add(upstream);
      }
      upstreams = next;
      return (host) => byHost.get(host);
    },
    tick(stepMs) {
      for (const upstream of upstreams.values()) upstream.tick(stepMs);
      for (const upstream of retired) if (upstream.unused) retired.delete(upstream);
    },
    destroy() {
      for (const upstream of [...upstreams.values(), ...retired]) upstream.destroy();
    },
  };
}
