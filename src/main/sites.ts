import { parametersAsked } from "../analysis/criteria/parameters.ts";
import type { Config } from "../config/schema.ts";
import { createCallRules } from "../cti/call-rules.ts";
import type { Jurisdiction } from "../cti/jurisdictions.ts";
import type { CallRules } from "../desk/ports.ts";
import type { Campaign } from "../model/campaign.ts";
import { NOTHING_KEPT } from "../model/consent.ts";
import type { Site, SiteLimits, UpstreamRules } from "../model/site.ts";

type SiteConfig = Config["sites"][number];

/** The sites of a configuration, in the model's words. */
export function sitesOf(config: Config): Site[] {
  return config.sites.map((s) => ({
    ...s,
    consent: s.consent ?? NOTHING_KEPT,
    logged: parametersAsked(
      config.campaigns.filter(({ site }) => site === s.name).map(({ when }) => when),
    ),
    hours: s.hours.flat(),
    limits: limitsOf(s.limits),
    upstream: upstreamOf(s.upstream),
  }));
}

/** Ten seconds' worth: a page and all that is on it. */
const BURST_SECONDS = 10;

function limitsOf({ body, requestsPerSecond, burst }: SiteConfig["limits"]): SiteLimits {
  const perSecond = requestsPerSecond ?? 0;
  const usual = Math.max(1, Math.ceil(perSecond * BURST_SECONDS));
  return {
    ...(body !== undefined && { body }),
    ...(requestsPerSecond !== undefined && { rate: { perSecond, burst: burst ?? usual } }),
  };
}

function upstreamOf({ timeouts, health, ...rest }: SiteConfig["upstream"]): UpstreamRules {
  const { connect, firstByte, betweenBytes, idle } = timeouts;
  return {
    ...rest,
    timeouts: {
      ...(connect !== undefined && { connectMs: connect }),
      ...(firstByte !== undefined && { firstByteMs: firstByte }),
      ...(betweenBytes !== undefined && { betweenBytesMs: betweenBytes }),
      ...(idle !== undefined && { idleMs: idle }),
    },
    ...(health && {
      health: {
        path: health.path,
        healthy: health.healthy,
        unhealthy: health.unhealthy,
        intervalMs: health.interval,
        timeoutMs: health.timeout,
      },
    }),
  };
}

/** The campaigns of a configuration, in the model's words. */
export function campaignsOf(config: Config): Campaign[] {
  return config.campaigns.map(({ coolDown, ...c }) => ({ ...c, coolDownMs: coolDown }));
}

/** What a configuration sets for countries, in the law's words. */
export function jurisdictionsOf(config: Config): Record<string, Partial<Jurisdiction>> {
  const entries = config.jurisdictions.map(({ country, hours, dropLimit, ...own }) => [
    country,
    defined({
      predictive: own.predictive,
      dropLimit: dropLimit === undefined ? undefined : dropLimit / 100,
      dropWindowMs: own.dropWindow,
      patienceMs: own.patience,
      ringMs: own.ring,
      restMs: own.rest,
      hours: hours?.flat(),
    }),
  ]);
  return Object.fromEntries(entries) as Record<string, Partial<Jurisdiction>>;
}

/** Without what is undefined. */
function defined<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<Fields>;
}

/** Which numbers a configuration lets be called, and when. */
export function callRulesOf(config: Config): CallRules {
  const sites = config.sites.map(({ name, country, calls }) => {
    const countries = calls.countries.length > 0 ? calls.countries : [country];
    return [name, { ...calls, country, countries, hours: calls.hours.flat() }] as const;
  });
  return createCallRules(Object.fromEntries(sites), jurisdictionsOf(config));
}
