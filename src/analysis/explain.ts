import type { View } from "./criteria/facts.ts";
import type { Decision } from "./decide.ts";
import type { Rule } from "./rules.ts";

/** Why a campaign did, or did not, take up a visitor [SPEC A7]. */
export interface Explanation {
  readonly campaign: string;
  readonly criterion: string;
  readonly result: "true" | "false" | "unknown";
  /** The facts it asks for that the visitor does not let us know. */
  readonly missing: readonly string[];
  /** With `true`: what keeps it from having a consequence. */
  readonly why?: string;
}

/** The name of a truth value, as in metrics and explanations. */
export function named(truth: boolean | undefined): "true" | "false" | "unknown" {
  return truth === undefined ? "unknown" : truth ? "true" : "false";
}

/** What the rule says of the visitor now. Changes nothing. */
export function explainRule(
  rule: Rule,
  view: View,
  decision: (rule: Rule) => Decision,
): Explanation {
  const { campaign, criterion } = rule;
  const truth = criterion.evaluate(view);
  const missing = [...criterion.asks].filter(([, read]) => read(view) === undefined);
  const decided = truth === true ? decision(rule) : undefined;
  return {
    campaign: campaign.name,
    criterion: criterion.expression,
    result: named(truth),
    missing: missing.map(([name]) => name),
    ...(decided && decided.offer === undefined && { why: decided.suppressed }),
  };
}
