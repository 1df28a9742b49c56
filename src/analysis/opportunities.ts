import type { Log } from "../model/log.ts";
import {
  type Opportunity,
  type OpportunityState,
  opportunityTransitions,
} from "../model/opportunity.ts";
import { mayMove } from "../model/transition.ts";
import { setBounded } from "./bounded-map.ts";
import type { Row } from "./row.ts";

/** Opportunities that have not come to their end, also those whose visitor has left. */
export interface OpenOpportunities {
  get(id: string): Opportunity | undefined;
  add(opportunity: Opportunity, row: Row): void;
  /** The row is out of the table; the desk may still bring its opportunity to an end. */
  left(row: Row): void;
  /** Moves one on, and returns it with its row when that was its end. Never throws into the desk. */
  advance(id: string, state: OpportunityState): Ended | undefined;
}

export interface Ended {
  readonly opportunity: Opportunity;
  readonly row: Row;
}

/**
 * @param most hard bound of those whose row is gone; the oldest are forgotten first
 */
export function createOpenOpportunities(most: number, log: Log): OpenOpportunities {
  // One for each row at most, so bounded as the table is; whose row is gone waits apart, and never crowds out the others.
  const open = new Map<string, Ended>();
  const orphans = new Map<string, Ended>();
  const lookUp = (id: string): Ended | undefined => open.get(id) ?? orphans.get(id);

  return {
    get: (id) => lookUp(id)?.opportunity,
    add(opportunity, row) {
      row.openOpportunity = opportunity.id;
      open.set(opportunity.id, { opportunity, row });
    },
    left(row) {
      const id = row.openOpportunity;
      const found = id === undefined ? undefined : open.get(id);
      if (id === undefined || !found) return;
      open.delete(id);
      setBounded(orphans, most, id, found);
    },
    advance(id, state) {
      const found = lookUp(id);
      if (!found) {
        log.debug({ opportunityId: id, state }, "news of an opportunity that is not open");
        return undefined;
      }
      const { opportunity, row } = found;
      if (!mayMove(opportunityTransitions, opportunity.state, state)) {
        log.debug(
          { opportunityId: id, from: opportunity.state, to: state },
          "an opportunity cannot go there",
        );
        return undefined;
      }
      const moved = { opportunity: { ...opportunity, state }, row };
      if (opportunityTransitions[state].length > 0) {
        (open.has(id) ? open : orphans).set(id, moved);
        return undefined;
      }
      open.delete(id);
      orphans.delete(id);
      if (row.openOpportunity === id) row.openOpportunity = undefined;
      return moved;
    },
  };
}
