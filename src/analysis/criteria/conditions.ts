import { compileNode, type Criterion } from "./compile.ts";
import { type ASTNode, parseCriterion } from "./language.ts";
import { textOf } from "./text.ts";

/** The conditions that a criterion joins, each a criterion of its own, in the order in which they are written. */
export function conditionsOf(expression: string): readonly Criterion[] {
  const root = parseCriterion(expression);
  const all: Criterion[] = [];
  split(root, (node) => {
    all.push({ ...compileNode(expression, node), expression: textOf(expression, root, node) });
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
