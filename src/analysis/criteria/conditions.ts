import { compileCriterion, type Criterion } from "./compile.ts";
import { type ASTNode, parseCriterion } from "./language.ts";

/** The conditions that a criterion joins, each a criterion of its own, in the order in which they are written. */
export function conditionsOf(expression: string): readonly Criterion[] {
  const all: Criterion[] = [];
  split(parseCriterion(expression), (node) => {
    const { start, end } = node.range;
    all.push(compileCriterion(expression.slice(start, end).trim()));
  });
  return all;
}

function split(node: ASTNode, leaf: (node: ASTNode) => void): void {
  switch (node.op) {
    case "&&":
    case "||":
    case "?:":
      for (const part of node.args) split(part, leaf);
      return;
    case "!_":
      return split(node.args, leaf);
    default:
      leaf(node);
  }
}
