import type { Campaign } from "../model/campaign.ts";
import type { Row } from "./row.ts";
import { hashOf } from "./table/hash.ts";

const PARTS = 10_000;

/**
 * Whether the visitor belongs to the campaign's control group: he is found like the others and left alone, so that reports
 * can tell what the campaign brings [SPEC A5, O3]. It is decided by who he is, so it is the same in every visit, after
 * every restart and on every machine; for a refuser it holds for the day.
 */
export function isHeldOut({ name, holdOut }: Campaign, row: Row): boolean {
  if (holdOut === 0) return false;
  const visitor = row.visitorId ?? row.issued.at(-1) ?? row.addressKey;
  return hashOf(`${name} ${visitor}`, 0) % PARTS < (holdOut * PARTS) / 100;
}
