/**
 * Every metric, by name, in one place. Names follow the field's (`docs/operating.md` has the table); labels come from the
 * configuration or from the code, never from a visitor. Each part declares the port it wants; these objects fit.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { plainCounter } from "./plain-counter.ts";
import { LATENCY_SECONDS, requestMetrics } from "./request-metrics.ts";

const WAIT_SECONDS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300];
const HANDLE_SECONDS = [10, 30, 60, 120, 180, 300, 600, 1200, 2400];

/** A registry with the process's own figures in it. */
export function createRegistry(version: string): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  gauge(registry, "build_info", "Always 1; what runs.", ["version", "node"]).set(
    { version, node: process.version },
    1,
  );
  return registry;
}

/** Counts orders to read the configuration again: whether they were obeyed. */
export function reloadMetrics(registry: Registry): (applied: boolean) => void {
  const reloads = counter(
    registry,
    "config_reloads_total",
    "Orders to read the configuration again.",
    ["result"],
  );
  return (applied) => reloads.inc({ result: applied ? "applied" : "refused" });
}

/** Which sites the operator has switched off. */
export function switchMetrics(
  registry: Registry,
  sites: () => readonly { readonly site: string; readonly off: boolean }[],
): void {
  const switched = new Gauge({
    name: "warmline_site_switched_off",
    help: "1 for a site that the operator has switched off.",
    labelNames: ["site"],
    registers: [registry],
    collect() {
      switched.reset();
      for (const { site, off } of sites()) switched.set({ site }, off ? 1 : 0);
    },
  });
}

/** Fits `proxy/ports.ts`. */
export function edgeMetrics(registry: Registry) {
  const requests = requestMetrics(registry);
  const upstream = counter(registry, "upstream_errors_total", "Origins that failed.", [
    "site",
    "origin",
    "kind",
  ]);
  const limited = counter(registry, "limited_total", "What clients were refused by a limit.", [
    "site",
    "reason",
  ]);
  const repeats = counter(registry, "upstream_repeats_total", "Requests sent a second time.", [
    "site",
    "result",
  ]);
  const injected = plainCounter(registry, {
    name: "warmline_injections_total",
    help: "Pages that got the loader.",
    labelNames: ["site"],
  });
  const injectionSkipped = plainCounter(registry, {
    name: "warmline_injections_skipped_total",
    help: "Pages left as they were.",
    labelNames: ["site", "reason"],
  });
  const hit = plainCounter(registry, {
    name: "warmline_hits_total",
    help: "Requests that count.",
    labelNames: ["site"],
  });
  const noise = plainCounter(registry, {
    name: "warmline_noise_requests_total",
    help: "Pages and downloads that are nobody's visit.",
    labelNames: ["site", "reason"],
  });
  const dropped = counter(
    registry,
    "hits_dropped_total",
    "Hits lost because the engine was away or slow.",
    [],
  );
  const cookies = counter(registry, "cookies_rejected_total", "Visitor cookies not believed.", [
    "reason",
  ]);
  const unreadable = counter(
    registry,
    "consent_unreadable_total",
    "Consent cookies that are not as their manager writes them.",
    ["site"],
  );
  const noticed = counter(registry, "noticed_total", "What the sites' rules have noticed.", [
    "site",
    "what",
  ]);
  const link = gauge(registry, "link_up", "Whether this edge reaches the engine.", []);
  const open = gauge(registry, "open_connections", "Connections of visitors.", []);
  const ends = new Gauge({
    name: "warmline_tls_certificate_not_after_timestamp_seconds",
    help: "When a site's certificate ends.",
    labelNames: ["site"],
    registers: [registry],
    // Of several edges the first to end counts, not the sum.
    aggregator: "min",
  });
  const handshakes = counter(
    registry,
    "tls_handshakes_total",
    "TLS handshakes that were completed.",
    ["version", "resumed"],
  );
  const failed = counter(registry, "tls_handshake_errors_total", "TLS handshakes that failed.", [
    "reason",
  ]);
  const abuses = counter(registry, "http2_abuses_total", "Connections of HTTP/2 that were cut.", [
    "reason",
  ]);
  return {
    request: requests,
    upstreamError: (site: string, origin: string, kind: string) =>
      upstream.inc({ site, origin, kind }),
    upstreamRepeat: (site: string, done: boolean) =>
      repeats.inc({ site, result: done ? "sent" : "over_budget" }),
    limited: (site: string, reason: string) => limited.inc({ site, reason }),
    origins: (figures: Parameters<typeof originMetrics>[1]) => originMetrics(registry, figures),
    injected: (site: string) => injected(site),
    injectionSkipped: (site: string, reason: string) => injectionSkipped(site, reason),
    hit: (site: string) => hit(site),
    hitsDropped: (count: number) => dropped.inc(count),
    cookieRejected: (reason: string) => cookies.inc({ reason }),
    consentUnreadable: (site: string) => unreadable.inc({ site }),
    noise,
    noticed: (site: string, what: string) => noticed.inc({ site, what }),
    linkUp: (up: boolean) => link.set(up ? 1 : 0),
    openConnections: (change: 1 | -1) => open.inc(change),
    certificateEnds: (site: string, atSeconds: number) => ends.set({ site }, atSeconds),
    tlsHandshake: (protocol: string, resumed: boolean) =>
      handshakes.inc({ version: protocol, resumed: String(resumed) }),
    tlsHandshakeFailed: (reason: string) => failed.inc({ reason }),
    http2Abused: (reason: string) => abuses.inc({ reason }),
  };
}

/** What is known of each origin, asked for when the metrics are. */
function originMetrics(
  registry: Registry,
  figures: () => Iterable<{
    readonly site: string;
    readonly origin: string;
    readonly up: boolean;
    readonly running: number;
    readonly asked: number;
  }>,
): void {
  const labelNames = ["site", "origin"];
  const running = gauge(registry, "upstream_running", "Requests under way.", labelNames);
  const asked = counter(registry, "upstream_requests_total", "Requests to origins.", labelNames);
  const up = new Gauge({
    name: "warmline_upstream_up",
    help: "Whether an origin is asked as its turn comes.",
    labelNames,
    registers: [registry],
    // Of several edges one that leaves it out counts.
    aggregator: "min",
    collect() {
      // Also those whose origins are gone.
      up.reset();
      running.reset();
      for (const one of figures()) {
        const labels = { site: one.site, origin: one.origin };
        up.set(labels, one.up ? 1 : 0);
        running.set(labels, one.running);
        asked.inc(labels, one.asked);
      }
    },
  });
}

/** Fits `analysis/ports.ts`. */
export function analysisMetrics(registry: Registry) {
  const entries = gauge(registry, "activity_table_entries", "Rows of the session table.", []);
  const bytes = gauge(registry, "activity_table_bytes", "Memory of the session table.", []);
  const evictions = counter(registry, "activity_table_evictions_total", "Rows deleted.", [
    "reason",
  ]);
  const evaluations = counter(registry, "criteria_evaluations_total", "Criteria evaluated.", [
    "campaign",
    "result",
  ]);
  const opportunities = counter(registry, "opportunities_total", "Visitors worth talking to.", [
    "campaign",
    "offer",
  ]);
  const suppressed = counter(
    registry,
    "opportunities_suppressed_total",
    "Criteria that fired without consequence.",
    ["campaign", "reason"],
  );
  return {
    sessions(rows: number, memory: number) {
      entries.set(rows);
      bytes.set(memory);
    },
    sessionsEvicted: (reason: string, count: number) => evictions.inc({ reason }, count),
    evaluated: (campaign: string, result: string, count: number) =>
      evaluations.inc({ campaign, result }, count),
    suppressed: (campaign: string, reason: string, count: number) =>
      suppressed.inc({ campaign, reason }, count),
    opportunity: (campaign: string, offer: string) => opportunities.inc({ campaign, offer }),
  };
}

/** Fits `cti/ports.ts`. */
export function ctiMetrics(registry: Registry) {
  const started = counter(registry, "calls_started_total", "Calls begun.", []);
  const ended = counter(registry, "calls_ended_total", "Calls ended.", ["reason"]);
  const up = gauge(registry, "switch_up", "Whether the telephone exchange can be reached.", []);
  return {
    callStarted: () => started.inc(),
    callEnded: (reason: string) => ended.inc({ reason }),
    switchUp: (is: boolean) => up.set(is ? 1 : 0),
  };
}

/** Fits `cti/ports.ts`. */
export function dialMetrics(registry: Registry) {
  const answers = counter(
    registry,
    "dial_live_answers_total",
    "Predictive calls that people answered.",
    ["firm"],
  );
  const drops = counter(registry, "dial_dropped_total", "Those of them that found no agent.", [
    "firm",
  ]);
  const ratio = gauge(
    registry,
    "dial_drop_ratio",
    "Share of answered predictive calls that found no agent, in the law's window.",
    ["firm"],
  );
  const limit = gauge(registry, "dial_drop_limit", "What the law allows of it.", ["firm"]);
  const pacing = gauge(
    registry,
    "dial_pacing_ratio",
    "Numbers being dialled for each agent who takes predictive calls.",
    ["firm"],
  );
  return {
    liveAnswer: (firm: string) => answers.inc({ firm }),
    dropped: (firm: string) => drops.inc({ firm }),
    dropRatio(firm: string, now: number, most: number) {
      ratio.set({ firm }, now);
      limit.set({ firm }, most);
    },
    pacingRatio: (firm: string, now: number) => pacing.set({ firm }, now),
  };
}

/** Fits `desk/ports.ts`. */
export function deskMetrics(registry: Registry) {
  const alerts = counter(registry, "alerts_total", "Alerts, by what became of them.", ["outcome"]);
  const delivery = histogram(
    registry,
    "alert_delivery_duration_seconds",
    "From the opportunity to the agent's feed.",
    [],
    LATENCY_SECONDS,
  );
  const invitations = counter(registry, "invitations_total", "Invitations, by stage reached.", [
    "campaign",
    "stage",
  ]);
  const offered = counter(registry, "interactions_offered_total", "Contacts asked for.", ["kind"]);
  const answered = counter(registry, "interactions_answered_total", "Contacts an agent took.", [
    "kind",
  ]);
  const closed = counter(registry, "interactions_closed_total", "Contacts done with.", [
    "kind",
    "outcome",
    "disposition",
  ]);
  const wait = histogram(
    registry,
    "queue_wait_seconds",
    "Waiting time of contacts that an agent took.",
    ["kind"],
    WAIT_SECONDS,
  );
  const length = gauge(registry, "queue_length", "Contacts waiting.", []);
  const agents = gauge(registry, "agents", "Agents, by what they say and what is seen.", [
    "status",
    "state",
  ]);
  const callbacks = gauge(registry, "callbacks", "Entries of the job file.", ["state"]);
  const blocked = counter(registry, "dial_blocked_total", "Calls that were not made, by why.", [
    "reason",
  ]);
  const attempts = counter(registry, "dial_attempts_total", "Numbers dialled by automatic calls.", [
    "result",
  ]);
  const handled = histogram(
    registry,
    "handle_duration_seconds",
    "Time agents spend on a contact.",
    ["part"],
    HANDLE_SECONDS,
  );
  return {
    alert: (outcome: string) => alerts.inc({ outcome }),
    alertDelivery: (seconds: number) => delivery.observe(seconds),
    invitation: (campaign: string, stage: string) => invitations.inc({ campaign, stage }),
    offered: (kind: string) => offered.inc({ kind }),
    answered(kind: string, waitSeconds: number) {
      answered.inc({ kind });
      wait.observe({ kind }, waitSeconds);
    },
    closed: (kind: string, outcome: string, disposition: string) =>
      closed.inc({ kind, outcome, disposition }),
    queueLength: (now: number) => length.set(now),
    agents: (status: string, state: string, count: number) => agents.set({ status, state }, count),
    callbacks: (state: string, count: number) => callbacks.set({ state }, count),
    dialAttempt: (result: string) => attempts.inc({ result }),
    dialBlocked: (reason: string) => blocked.inc({ reason }),
    handled: (part: string, seconds: number) => handled.observe({ part }, seconds),
  };
}

function counter<L extends string>(r: Registry, name: string, help: string, labelNames: L[]) {
  return new Counter({ name: `warmline_${name}`, help, labelNames, registers: [r] });
}

function gauge<L extends string>(r: Registry, name: string, help: string, labelNames: L[]) {
  return new Gauge({ name: `warmline_${name}`, help, labelNames, registers: [r] });
}

function histogram<L extends string>(
  r: Registry,
  name: string,
  help: string,
  labelNames: L[],
  buckets: number[],
) {
  return new Histogram({ name: `warmline_${name}`, help, labelNames, buckets, registers: [r] });
}
