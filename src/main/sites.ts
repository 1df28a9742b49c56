import type { Config } from "../config/schema.ts";
import { createCallRules } from "../cti/call-rules.ts";
import type { CallRules } from "../desk/ports.ts";
import type { Campaign } from "../model/campaign.ts";
import type { Site } from "../model/site.ts";

/** The sites of a configuration, in the model's words. */
export function sitesOf(config: Config): Site[] {
  return config.sites.map((s) => ({ ...s, hours: s.hours.flat() }));
}

/** The campaigns of a configuration, in the model's words. */
export function campaignsOf(config: Config): Campaign[] {
  return config.campaigns.map(({ coolDown, ...c }) => ({ ...c, coolDownMs: coolDown }));
}

/** Which numbers a configuration lets be called, and when. */
export function callRulesOf(config: Config): CallRules {
  const sites = config.sites.map(({ name, country, calls }) => {
    const countries = calls.countries.length > 0 ? calls.countries : [country];
    return [name, { ...calls, country, countries, hours: calls.hours.flat() }] as const;
  });
  const jurisdictions = config.jurisdictions.map(({ country, hours, ...rest }) => {
    return [country, { ...rest, ...(hours && { hours: hours.flat() }) }] as const;
  });
  return createCallRules(Object.fromEntries(sites), Object.fromEntries(jurisdictions));
}
