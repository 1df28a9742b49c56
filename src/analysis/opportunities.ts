import type { Log } from "../model/log.ts";
import {
  type Opportunity,
  type OpportunityState,
  opportunityTransitions,
} from "../model/opportunity.ts";
import { mayMove } from "../model/transition.ts";

/** Opportunities that have not come to their end, also those whose visitor has left. */
export interface OpenOpportunities {
  /** Whether there is room for one more. */
  readonly room: boolean;
  add(opportunity: Opportunity): void;
  /** The row is out of the table; the desk may still bring its opportunity to an end. @param keys what its visitor may come back with */
  left(id: string, keys: readonly string[]): void;
  /** Moves one on, and returns it as it is then. Never throws into the desk. */
  advance(id: string, state: OpportunityState): Moved | undefined;
}

export interface Moved {
  readonly opportunity: Opportunity;
  readonly from: OpportunityState;
  readonly ended: boolean;
  /** With one whose row has left the table. */
  readonly keys?: readonly string[];
}

/** @param most hard bound; who would be one more is left alone */
export function createOpenOpportunities(most: number, log: Log): OpenOpportunities {
  const open = new Map<string, Pick<Moved, "opportunity" | "keys">>();

  return {
    get room() {
      return open.size < most;
    },
    add(opportunity) {
      open.set(opportunity.id, { opportunity });
    },
    left(id, keys) {
      const found = open.get(id);
      if (found) open.set(id, { ...found, keys });
    },
    advance(id, state) {
      const found = open.get(id);
      if (!found) {
        log.debug({ opportunityId: id, state }, "news of an opportunity that is not open");
        return undefined;
      }
      const { opportunity } = found;
      if (!mayMove(opportunityTransitions, opportunity.state, state)) {
        log.debug(
          { opportunityId: id, from: opportunity.state, to: state },
          "an opportunity cannot go there",
        );
        return undefined;
      }
      const moved = { ...found, opportunity: { ...opportunity, state } };
      const ended = opportunityTransitions[state].length === 0;
      if (ended) open.delete(id);
      else open.set(id, moved);
      return { ...moved, from: opportunity.state, ended };
    },
  };
}
