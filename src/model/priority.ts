import type { Priority, VisitorFacts, VisitorHistory } from "./visitor.ts";

/** What raises a visitor's priority to at least so much [0048]. */
export interface PriorityTriggers {
  /** A purchase. */
  readonly purchase?: Priority;
  /** The beginning of a visit that is not the first. */
  readonly returnVisit?: Priority;
}

/**
 * The priority that the visitor's latest doings give him, if it is higher than the one he has. What an agent has said since
 * stands, and a nuisance stays one: only an agent's word lifts 0 [0047]. Asked again, it says nothing new.
 */
export function triggered(
  history: VisitorHistory,
  triggers: PriorityTriggers,
): VisitorFacts | undefined {
  if (history.priority === 0) return undefined;
  const isReturn = history.visitCount > 1;
  const doings = [
    { atMs: history.purchases.at(-1)?.atMs, priority: triggers.purchase },
    { atMs: isReturn ? history.visitsMs.at(-1) : undefined, priority: triggers.returnVisit },
  ];
  let raised: VisitorFacts | undefined;
  for (const { atMs = 0, priority = 0 } of doings) {
    if (atMs <= history.factsAtMs || priority <= (raised?.priority ?? history.priority)) continue;
    raised = { atMs: Math.max(atMs, raised?.atMs ?? 0), priority };
  }
  return raised;
}
