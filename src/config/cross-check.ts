import type { Checks } from "./checks.ts";
import type { Config } from "./schema.ts";

const YEAR_MS = 365 * 86_400_000;

interface Found {
  readonly path: (string | number)[];
  readonly message: string;
}

/** What a schema cannot see: names that must exist, names that must be there once. */
export function crossCheck(config: Config, checks: Checks): Found[] {
  const found: Found[] = [];
  const names = (list: readonly { name: string }[]) => new Set(list.map((x) => x.name));
  const [firms, sites, messages] = [
    names(config.firms),
    names(config.sites),
    names(config.messages),
  ];
  const known = (set: Set<string>, name: string, what: string, path: (string | number)[]) => {
    if (set.has(name)) return;
    found.push({
      path,
      message: `there is no ${what} ${name}; known: ${[...set].join(", ") || "none"}`,
    });
  };

  for (const key of ["firms", "sites", "agents", "campaigns", "messages"] as const) {
    twice(
      config[key].map((x) => x.name),
      (name, i) => found.push({ path: [key, i, "name"], message: `the name ${name} is taken` }),
    );
  }
  twice(
    config.sites.flatMap((s) => s.hosts),
    (host) => found.push({ path: ["sites"], message: `the host ${host} belongs to two sites` }),
  );
  const listens = Object.entries(config.listen).map(([key, { host, port }]) => ({
    key,
    address: `${host}:${port}`,
  }));
  listens.forEach(({ key, address }, i) => {
    const other = listens.slice(0, i).find((l) => l.address === address);
    if (other)
      found.push({ path: ["listen", key], message: `listen.${other.key} is there already` });
  });
  if (config.edge.proxyProtocol && config.edge.trustedProxies.length === 0) {
    const message = "name the proxies that may connect in edge.trustedProxies";
    found.push({ path: ["edge", "proxyProtocol"], message });
  }
  config.tls.certificates.forEach((files, i) => {
    const wrong = checks.certificate(files);
    if (wrong !== undefined) found.push({ path: ["tls", "certificates", i], message: wrong });
  });
  if (config.tls.certificates.length > 0 && config.listen.https === undefined) {
    found.push({
      path: ["tls", "certificates"],
      message: "nobody asks for them: listen.https is missing, as in https: 0.0.0.0:443",
    });
  }
  const byHttps = config.listen.https !== undefined || config.edge.trustedProxies.length > 0;
  config.sites.forEach(({ https }, i) => {
    if (https.redirect && !byHttps) {
      const message =
        "nobody can come by HTTPS: set listen.https, as in https: 0.0.0.0:443, or name the proxy in front that speaks it in edge.trustedProxies";
      found.push({ path: ["sites", i, "https", "redirect"], message });
    }
    const { hsts } = https;
    if (hsts?.preload && (!hsts.includeSubDomains || hsts.maxAge < YEAR_MS)) {
      const message =
        "the preload lists take sites with includeSubDomains: true and maxAge: 365d at least";
      found.push({ path: ["sites", i, "https", "hsts", "preload"], message });
    }
  });
  config.sites.forEach((s, i) => {
    if (s.limits.burst !== undefined && s.limits.requestsPerSecond === undefined) {
      const message = "this is about requestsPerSecond, which is missing, as in 20";
      found.push({ path: ["sites", i, "limits", "burst"], message });
    }
    known(firms, s.firm, "firm", ["sites", i, "firm"]);
    s.notice.forEach((rule, k) => {
      const wrong = checks.notice(rule);
      if (wrong !== undefined) found.push({ path: ["sites", i, "notice", k], message: wrong });
    });
    const own = s.origins.findIndex((o) => listens.some((l) => o === `http://${l.address}`));
    if (own >= 0) {
      found.push({ path: ["sites", i, "origins", own], message: "this is Warmline's own address" });
    }
  });
  if (config.browserCalls.visitors === "on" && config.switch.driver !== "asterisk") {
    const message = "the pretended exchange has no telephones in browsers: use driver asterisk";
    found.push({ path: ["browserCalls", "visitors"], message });
  }
  config.firms.forEach(({ automaticCalls: { mode, jurisdiction } }, i) => {
    if (mode !== "predictive") return;
    const path = ["firms", i, "automaticCalls"];
    const wrong =
      config.switch.driver === "sip"
        ? "a trunk alone cannot tell a visitor that nobody is free: use mode: progressive, or an exchange"
        : jurisdiction === undefined
          ? "say by whose law numbers are dialled, as in jurisdiction: US"
          : checks.predictive(jurisdiction, config);
    if (wrong !== undefined) found.push({ path, message: wrong });
  });
  config.agents.forEach(({ telephone }, i) => {
    if (telephone !== "browser" || config.switch.driver === "asterisk") return;
    const message = "the pretended exchange has no telephones in browsers: use driver asterisk";
    found.push({ path: ["agents", i, "telephone"], message });
  });
  config.agents.forEach((a, i) => known(firms, a.firm, "firm", ["agents", i, "firm"]));
  config.messages.forEach((m, i) => {
    if (m.site !== undefined) known(sites, m.site, "site", ["messages", i, "site"]);
    if (m.firm !== undefined) known(firms, m.firm, "firm", ["messages", i, "firm"]);
  });
  config.campaigns.forEach((c, i) => {
    known(sites, c.site, "site", ["campaigns", i, "site"]);
    for (const key of ["message", "outOfHoursMessage", "allBusyMessage"] as const) {
      const name = c[key];
      if (name === undefined) continue;
      known(messages, name, "message", ["campaigns", i, key]);
      const named = config.messages.filter((m) => m.name === name);
      if (named.length > 0 && !named.some((m) => mayUse(config, c.site, m))) {
        found.push({
          path: ["campaigns", i, key],
          message: `the message ${name} belongs to another site or firm`,
        });
      }
    }
    const wrong = checks.criterion(c.when);
    if (wrong !== undefined) found.push({ path: ["campaigns", i, "when"], message: wrong });
  });
  return found;
}

/** Whether a campaign of that site may send the message. */
function mayUse(config: Config, site: string, message: Config["messages"][number]): boolean {
  const firm = config.sites.find((s) => s.name === site)?.firm;
  return (
    (message.site === undefined || message.site === site) &&
    (message.firm === undefined || message.firm === firm)
  );
}

function twice(names: readonly string[], report: (name: string, index: number) => void): void {
  const seen = new Set<string>();
  names.forEach((name, index) => {
    if (seen.has(name)) report(name, index);
    seen.add(name);
  });
}
