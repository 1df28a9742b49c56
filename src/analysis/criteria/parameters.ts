import type { LoggedParameters } from "../../model/site.ts";
import { CLICK_IDS } from "./landing.ts";
import { type ASTNode, parseCriterion } from "./language.ts";
import { constant, nameOf } from "./nodes.ts";
import { partsOf } from "./text.ts";

/**
 * What criteria ask of the query by which a visit begins: of these parameters the access log has the values, so that the criteria can be
 * played on it; of what advertisers add, which tells one click from all others, only that it was there.
 *
 * @throws {CriterionProblem} for an expression that the configuration should have refused
 */
export function parametersAsked(expressions: readonly string[]): LoggedParameters {
  const values = new Set<string>();
  let ads = false;
  for (const expression of expressions) {
    for (const node of nodesOf(parseCriterion(expression))) {
      if (nameOf(node) === "from_ad") ads = true;
      const [name, args] = node.op === "call" ? node.args : [];
      const asked = name === "param" && args?.[0] ? constant(args[0]) : undefined;
      if (typeof asked === "string") values.add(asked);
    }
  }
  const presence = ads ? CLICK_IDS.filter((name) => !values.has(name)) : [];
  return { values: [...values], presence };
}

function* nodesOf(node: ASTNode): Generator<ASTNode> {
  yield node;
  for (const part of partsOf(node)) yield* nodesOf(part);
}
