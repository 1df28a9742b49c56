import type { Clock } from "../model/clock.ts";
import type { Site } from "../model/site.ts";
import type { EdgeLimits } from "./limits.ts";
import type { Log } from "../model/log.ts";
import type { EdgeMetrics, OriginFigures } from "./ports.ts";
import { type SiteRules, siteRules } from "./site-rules.ts";
import type { Origin } from "./upstream/origin.ts";
import {
  createUpstream,
  type StageTimeouts,
  type Upstream,
  type UpstreamTimeouts,
} from "./upstream/upstream.ts";

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
  /** The shortest time that somebody is to be given for a stage of a request, ms. */
  readonly shortestMs: number;
  figures(): Iterable<OriginFigures>;
  /** Time has passed. */
  tick(stepMs: number): void;
  destroy(): void;
}

export function createRoutes(ports: {
  readonly clock: Clock;
  readonly limits: EdgeLimits;
  readonly log: Log;
  readonly metrics: EdgeMetrics;
}): Routes {
  const { clock, limits, log, metrics } = ports;
  let shortestMs = Infinity;
  /** By all that makes them what they are: what is the same stays, with its connections. */
  let upstreams = new Map<string, Upstream>();
  const retired = new Set<Upstream>();
  return {
    use(sites, timeouts) {
      const byHost = new Map<string, Routed>();
      const next = new Map<string, Upstream>();
      for (const site of sites) {
        const key = JSON.stringify([site.name, site.origins, site.upstream, timeouts]);
        const upstream = upstreams.get(key) ?? upstreamOf(site, timeouts);
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
      shortestMs = Math.min(...[...next.values()].map(({ timeouts }) => shortestOf(timeouts)));
      return (host) => byHost.get(host);
    },
    get shortestMs() {
      return shortestMs;
    },
    *figures() {
      const nowMs = clock.nowMs();
      for (const [key, { origins }] of upstreams) {
        const [site] = JSON.parse(key) as [string];
        for (const origin of origins) yield figuresOf(site, origin, nowMs);
      }
    },
    tick(stepMs) {
      for (const upstream of upstreams.values()) upstream.tick(stepMs);
      for (const upstream of retired) if (upstream.unused) retired.delete(upstream);
    },
    destroy() {
      for (const upstream of [...upstreams.values(), ...retired]) upstream.destroy();
    },
  };

  function upstreamOf(site: Site, timeouts: UpstreamTimeouts): Upstream {
    const { name, origins, hosts, upstream: rules } = site;
    return createUpstream({
      origins,
      rules,
      limits,
      clock,
      host: hosts[0],
      ...timeouts,
      healthChanged(origin, reason) {
        const fields = {
          site: name,
          origin: origin.url.host,
          ...(reason !== undefined && { reason }),
        };
        if (reason === undefined) log.info(fields, "an origin is healthy again");
        else log.warn(fields, "an origin is not healthy");
      },
    });
  }
}

function shortestOf({ connectMs, responseMs, stallMs, idleMs }: StageTimeouts): number {
  return Math.min(connectMs, responseMs, stallMs, idleMs);
}

function figuresOf(site: string, origin: Origin, nowMs: number): OriginFigures {
  const { name, running, asked } = origin;
  origin.asked = 0;
  return { site, origin: name, up: !origin.isOut(nowMs), running, asked };
}
