import { AggregatorRegistry } from "prom-client";
import t from "tap";
import {
  analysisMetrics,
  createRegistry,
  ctiMetrics,
  deskMetrics,
  edgeMetrics,
} from "./metrics.ts";

t.test("every metric has the prefix, a help text, and bounded labels", async (t) => {
  const registry = createRegistry("1.2.3");
  edgeMetrics(registry);
  analysisMetrics(registry);
  ctiMetrics(registry);
  deskMetrics(registry);
  const ours = (await registry.getMetricsAsJSON()).filter(
    (m) => !/^(process|nodejs)_/.test(m.name),
  );
  t.ok(ours.length > 25, `${ours.length} metrics`);
  for (const metric of ours) {
    t.match(metric.name, /^warmline_[a-z][a-z0-9_]*$/);
    t.match(metric.help, /\.$/, metric.name);
  }
});

t.test("methods that visitors invent share a label", async (t) => {
  const registry = createRegistry("1.2.3");
  const metrics = edgeMetrics(registry);
  metrics.request("shop", "GET", 200, 0.01);
  metrics.request("shop", "BREW", 405, 0.01);
  metrics.request("shop", "WHEN", 405, 0.01);
  const text = await registry.metrics();
  t.match(text, 'warmline_http_requests_total{site="shop",method="_other",code="405"} 2');
  t.match(text, 'warmline_http_requests_total{site="shop",method="GET",code="200"} 1');
  metrics.request("shop", "GET", 200, undefined);
  const later = await registry.metrics();
  t.match(later, 'warmline_http_requests_total{site="shop",method="GET",code="200"} 2');
  t.match(later, 'warmline_http_request_duration_seconds_count{site="shop"} 3', "no stream in it");
  t.match(later, 'warmline_http_request_duration_seconds_bucket{le="0.005",site="shop"} 0');
  t.match(later, 'warmline_http_request_duration_seconds_bucket{le="0.01",site="shop"} 3');
  t.match(later, 'warmline_http_request_duration_seconds_bucket{le="+Inf",site="shop"} 3');
  const other = createRegistry("1.2.3");
  edgeMetrics(other).request("shop", "GET", 200, 20);
  const both = [await registry.getMetricsAsJSON(), await other.getMetricsAsJSON()];
  const sum = await AggregatorRegistry.aggregate(both).metrics();
  t.match(
    sum,
    'warmline_http_request_duration_seconds_bucket{le="+Inf",site="shop"} 4',
    "of two edges",
  );
  t.match(sum, 'warmline_http_requests_total{site="shop",method="GET",code="200"} 3');
});
