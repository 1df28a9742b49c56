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
  /** Moves one on, and returns it with its row when that was its end. Never throws into the desk. */
  advance(id: string, state: OpportunityState): Ended | undefined;
}

export interface Ended {
  readonly opportunity: Opportunity;
  readonly row: Row;
}

/**
 * @param most hard bound; one that was never brought to its end is forgotten when so many newer ones have come
 */
export function createOpenOpportunities(most: number, log: Log): OpenOpportunities {
  const open = new Map<string, Ended>();

  function put(opportunity: Opportunity, row: Row): void {
    const out = setBounded(open, most, opportunity.id, { opportunity, row });
    if (out && out.row.openOpportunity === out.opportunity.id) out.row.openOpportunity = undefined;
  }

  return {
    get: (id) => open.get(id)?.opportunity,
    add(opportunity, row) {
      row.openOpportunity = opportunity.id;
      put(opportunity, row);
    },
    advance(id, state) {
      const found = open.get(id);
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
        put(moved.opportunity, row);
        return undefined;
      }
      open.delete(id);
      if (row.openOpportunity === id) row.openOpportunity = undefined;
      return moved;
    },
  };
}
