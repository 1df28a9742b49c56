import type { Metric, Registry } from "prom-client";
import { plainCounter } from "./plain-counter.ts";

export const LATENCY_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const NAME = "warmline_http_request_duration_seconds";

/** Durations of a site's answers. */
interface Durations {
  readonly buckets: number[];
  sum: number;
  count: number;
}

/**
 * Counts requests: the one thing that is counted so often that looking up labels each time would be a good part of what a request
 * costs. It is added up in plain numbers, and made into metrics when somebody asks.
 */
export function requestMetrics(registry: Registry) {
  const durations = new Map<string, Durations>();
  const requests = plainCounter(registry, {
    name: "warmline_http_requests_total",
    help: "Requests answered.",
    labelNames: ["site", "method", "code"],
  });
  // A histogram that takes many observations at once; prom-client's own takes one.
  registry.registerMetric({
    name: NAME,
    get: () =>
      Promise.resolve({
        name: NAME,
        help: HELP,
        type: "histogram",
        values: values(),
        aggregator: "sum",
      }),
    reset: () => durations.clear(),
  } as unknown as Metric);

  function values() {
    return [...durations].flatMap(([site, { buckets, sum, count }]) => {
      let below = 0;
      const all = LATENCY_SECONDS.map((le, i) => {
        below += buckets[i] ?? 0;
        return { metricName: `${NAME}_bucket`, labels: { le, site }, value: below };
      });
      return [
        ...all,
        { metricName: `${NAME}_bucket`, labels: { le: "+Inf", site }, value: count },
        { metricName: `${NAME}_sum`, labels: { site }, value: sum },
        { metricName: `${NAME}_count`, labels: { site }, value: count },
      ];
    });
  }

  return (site: string, method: string, status: number, seconds: number | undefined): void => {
    const known = METHODS.has(method) ? method : "_other";
    requests(site, known, status);
    if (seconds !== undefined) observe(durations, site, seconds);
  };
}

const HELP = "From the request's head to the end of the answer; without event streams and tunnels.";

function observe(durations: Map<string, Durations>, site: string, seconds: number): void {
  let all = durations.get(site);
  if (!all) {
    all = { buckets: LATENCY_SECONDS.map(() => 0), sum: 0, count: 0 };
    durations.set(site, all);
  }
  all.sum += seconds;
  all.count++;
  for (let i = 0; i < LATENCY_SECONDS.length; i++) {
    if (seconds > (LATENCY_SECONDS[i] ?? 0)) continue;
    all.buckets[i] = (all.buckets[i] ?? 0) + 1;
    return;
  }
}
