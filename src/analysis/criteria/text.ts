import type { ASTNode } from "./language.ts";

/**
 * A part of an expression as it is written, with as many of the brackets around its operands as belong to it: the range that the
 * parser gives begins and ends with the operands themselves, as in `pages) == (2`.
 *
 * @param root the tree of the whole expression, by which texts in quotes are told from brackets
 */
export function textOf(expression: string, root: ASTNode, part: ASTNode): string {
  const code = codeOf(expression, root);
  let { start, end } = part.range;
  let depth = 0;
  let lowest = 0;
  for (let at = start; at < end; at += 1) {
    depth += code[at] === "(" ? 1 : code[at] === ")" ? -1 : 0;
    lowest = Math.min(lowest, depth);
  }
  for (let opened = depth - lowest; opened > 0; opened -= 1) end = code.indexOf(")", end) + 1;
  for (; lowest < 0; lowest += 1) start = code.lastIndexOf("(", start - 1);
  return expression.slice(start, end).trim();
}

/** The expression, as long as before, with blanks for what texts in quotes and comments say. */
function codeOf(expression: string, root: ASTNode): string {
  let code = expression;
  for (const { start, end } of textsIn(root)) code = blanked(code, start, end);
  return code.replaceAll(/\/\/.*/g, (comment) => " ".repeat(comment.length));
}

function blanked(text: string, start: number, end: number): string {
  return text.slice(0, start) + " ".repeat(end - start) + text.slice(end);
}

/** Where texts stand in the expression. */
function textsIn(node: ASTNode): readonly ASTNode["range"][] {
  if (node.op === "value") return typeof node.args === "string" ? [node.range] : [];
  return partsOf(node).flatMap(textsIn);
}

/** The parts that a node is made of. */
export function partsOf({ args }: ASTNode): readonly ASTNode[] {
  return [args].flat(2).filter(isNode);
}

function isNode(arg: unknown): arg is ASTNode {
  return typeof arg === "object" && arg !== null && "op" in arg && "range" in arg;
}
