import { type Fact, facts } from "./facts.ts";
import type { ASTNode } from "./language.ts";

/** A literal, negative numbers included. */
export function constant(node: ASTNode): string | number | boolean | undefined {
  if (node.op === "-_") {
    const value = constant(node.args);
    return typeof value === "number" ? -value : undefined;
  }
  if (node.op !== "value") return undefined;
  const { args } = node;
  if (typeof args === "bigint") return Number(args);
  return typeof args === "string" || typeof args === "number" || typeof args === "boolean"
    ? args
    : undefined;
}

/** The texts of a list of constants. */
export function textsOf(node: ASTNode): readonly string[] | undefined {
  if (node.op !== "list") return undefined;
  const texts = node.args.map(constant).filter((text) => typeof text === "string");
  return texts.length === node.args.length ? texts : undefined;
}

/** `pages`, or `page.path`; empty for what is no name. */
export function nameOf(node: ASTNode): string {
  if (node.op === "id") return node.args;
  return node.op === "." && node.args[0].op === "id" ? `${node.args[0].args}.${node.args[1]}` : "";
}

export function factOf(node: ASTNode): Fact | undefined {
  const name = nameOf(node);
  return Object.hasOwn(facts, name) ? facts[name] : undefined;
}

export function isList(node: ASTNode): boolean {
  return node.op === "list" || factOf(node)?.type === "list<string>";
}
