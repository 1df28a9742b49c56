import type { Config } from "../config/schema.ts";
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
