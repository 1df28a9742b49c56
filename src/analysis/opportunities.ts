import { LRUCache } from "lru-cache";
import type { Log } from "../model/log.ts";
import {
  type Opportunity,
  type OpportunityState,
  opportunityTransitions,
} from "../model/opportunity.ts";
import { mayMove } from "../model/transition.ts";
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
  const open = new LRUCache<string, Ended>({
    max: most,
    dispose({ opportunity, row }, _id, reason) {
      if (reason === "evict" && row.openOpportunity === opportunity.id) {
        row.openOpportunity = undefined;
      }
    },
  });
  return {
    get: (id) => open.peek(id)?.opportunity,
    add(opportunity, row) {
      row.openOpportunity = opportunity.id;
      open.set(opportunity.id, { opportunity, row });
    },
    advance(id, state) {
      const found = open.peek(id);
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
        open.set(id, moved);
        return undefined;
      }
      open.delete(id);
      if (row.openOpportunity === id) row.openOpportunity = undefined;
      return moved;
    },
  };
}
