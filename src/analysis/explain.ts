import type { Condition, Explanation, FactNow, TruthName } from "../model/explanation.ts";
import type { Ask } from "./criteria/compile.ts";
import { conditionsOf } from "./criteria/conditions.ts";
import type { View } from "./criteria/facts.ts";
import { whyUnknown } from "./criteria/unknown.ts";
import type { Decision } from "./decide.ts";
import type { Rule } from "./rules.ts";

/** The name of a truth value, as in metrics and explanations. */
export function named(truth: boolean | undefined): TruthName {
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
  const { offer, suppressed } = truth === true ? decision(rule) : {};
  return {
    campaign: campaign.name,
    criterion: criterion.expression,
    result: named(truth),
    conditions: conditionsOf(criterion.expression).map(
      ({ expression, evaluate, asks }): Condition => ({
        text: expression,
        result: named(evaluate(view)),
        facts: [...asks].map(([name, ask]) => factNow(name, ask, view)),
      }),
    ),
    ...(offer !== undefined && { offer }),
    ...(suppressed !== undefined && { why: suppressed }),
  };
}

function factNow(name: string, { read, needs }: Ask, view: View): FactNow {
  const value = read(view);
  if (value !== undefined) return { name, value };
  return needs ? { name, why: whyUnknown(needs, view.row) } : { name };
}
