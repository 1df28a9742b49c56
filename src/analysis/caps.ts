import type { Campaign } from "../model/campaign.ts";
import { createRemembered } from "./remembered.ts";
import { type Given, givenTo, pathOf, type Row, setGiven } from "./row.ts";
import { hashOf } from "./table/hash.ts";
import { keyOfRow, visitorKey } from "./table/keys.ts";

/** Why a campaign leaves a visitor alone who has had enough of it. */
export type Enough = "per_page" | "per_visit" | "per_visitor" | "cool_down";

/**
 * How often a campaign may have a visitor: once on a page, in a visit, in a month, and not again for a while after an
 * invitation [SPEC A5]. What counts for the visit is kept in its row; the rest is remembered beyond it, bounded.
 */
export interface Caps {
  enough(campaign: Campaign, row: Row, steadyMs: number): Enough | undefined;
  /** The campaign has had the visitor, on the page that is open. The row is still to be saved. */
  given(campaign: Campaign, row: Row, steadyMs: number): void;
  /** The visitor was invited. @param row if there still is one; it is still to be saved @param keys when there is none */
  invited(
    campaign: Campaign,
    row: Row | undefined,
    keys: readonly string[],
    steadyMs: number,
  ): void;
  /** What held for the visitor under another key holds under this one. */
  follow(campaigns: readonly Campaign[], oldKey: string, row: Row, steadyMs: number): void;
}

/** How long `perVisitor` is counted. */
const MONTH_MS = 30 * 86_400_000;
const times = ({ name }: Campaign) => `${name} times`;
const quiet = ({ name }: Campaign) => `${name} quiet`;

/** A visitor takes several numbers, one for each campaign and key: so that a small table does not forget at once. */
const LEAST_REMEMBERED = 1_024;

/** @param most how many numbers are remembered */
export function createCaps(most: number, seed: number): Caps {
  const remembered = createRemembered(Math.max(LEAST_REMEMBERED, most), seed);

  return {
    enough(campaign, row, steadyMs) {
      const { pages, quietUntilMs } = givenTo(row, campaign.name);
      if (pages.length >= campaign.perVisit) return "per_visit";
      if (pages.length > 0) {
        const here = hashOfPage(row);
        if (pages.filter((page) => page === here).length >= campaign.perPage) return "per_page";
      }
      const key = keyOfRow(row);
      if (Math.max(quietUntilMs, remembered.get(key, quiet(campaign))) > steadyMs) {
        return "cool_down";
      }
      if (campaign.perVisitor === undefined) return undefined;
      return remembered.get(key, times(campaign)) >= campaign.perVisitor
        ? "per_visitor"
        : undefined;
    },
    given(campaign, row, steadyMs) {
      const before = givenTo(row, campaign.name);
      setGiven(row, { ...before, pages: [...before.pages, hashOfPage(row)] });
      if (campaign.perVisitor === undefined) return;
      for (const key of keysToComeBackWith(row)) {
        const count = remembered.get(key, times(campaign)) + 1;
        remembered.set([key], times(campaign), count, steadyMs + MONTH_MS);
      }
    },
    invited(campaign, row, keys, steadyMs) {
      const quietUntilMs = steadyMs + campaign.coolDownMs;
      if (row) setGiven(row, { ...givenTo(row, campaign.name), quietUntilMs } satisfies Given);
      const all = row ? keysToComeBackWith(row) : keys;
      remembered.set(all, quiet(campaign), quietUntilMs, quietUntilMs);
    },
    follow(campaigns, oldKey, row, steadyMs) {
      const key = keyOfRow(row);
      for (const campaign of campaigns) {
        const untilMs = remembered.get(oldKey, quiet(campaign));
        // What he has had under his own key is not less because others share the old one.
        if (untilMs > Math.max(steadyMs, remembered.get(key, quiet(campaign)))) {
          remembered.set([key], quiet(campaign), untilMs, untilMs);
        }
        const count = remembered.get(oldKey, times(campaign));
        if (count > remembered.get(key, times(campaign)))
          remembered.set([key], times(campaign), count, steadyMs + MONTH_MS);
      }
    },
  };
}

/** What the visitor of the row may be recognised by in the next visit. */
export function keysToComeBackWith(row: Row): readonly string[] {
  // A visitor who declines on his first page comes back with the cookie that went out with it.
  return [keyOfRow(row), ...row.issued.map((id) => visitorKey(row.session.site, id))];
}

function hashOfPage({ session }: Row): number {
  return hashOf(pathOf(session.trail.at(-1)?.url ?? ""), 0);
}
