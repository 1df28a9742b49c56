import { compileCriterion } from "./compile.ts";
import { CriterionProblem } from "./language.ts";

/**
 * What is wrong with a criterion, for the person who wrote it: `line:column: what, and how to mend it`. Undefined when
 * nothing is.
 */
export function criterionProblem(expression: string): string | undefined {
  try {
    compileCriterion(expression);
    return undefined;
  } catch (error) {
    if (error instanceof CriterionProblem) return error.message;
    throw error;
  }
}
