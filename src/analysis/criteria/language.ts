import { type ASTNode, Environment, type ParseError } from "@marcbachmann/cel-js";
import { facts } from "./facts.ts";
import { functions, type Parameter } from "./functions.ts";

export type { ASTNode };

/** Where in the expression something is wrong, what, and how to mend it. */
export class CriterionProblem extends Error {
  readonly code = "WL_CRITERION";

  constructor(expression: string, at: number, what: string) {
    const lines = expression.slice(0, at).split("\n");
    super(`${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}: ${what}`);
  }
}

const names = Object.keys(facts);
/** `page: [url, path, seconds]` and so on. */
const groups = Map.groupBy(
  names.filter((name) => name.includes(".")),
  (name) => name.slice(0, name.indexOf(".")),
);
const examples = Object.values(functions).map(({ example }) => example);
const known = [...names, ...examples].join(", ");
const PARAMETERS: Readonly<Record<Parameter, string>> = {
  window: "string",
  text: "string",
  texts: "list<string>",
};

/**
 * CEL is parsed and type-checked by cel-js against the facts. It does not evaluate: see compile.ts. The functions are
 * declared for their types only.
 */
const environment = declare();

function declare(): Environment {
  const env = new Environment({ limits: { maxAstNodes: 500, maxDepth: 32 } });
  for (const [name, fact] of Object.entries(facts)) {
    if (!name.includes(".")) env.registerVariable(name, fact.type);
  }
  for (const [group, members] of groups) {
    const schema = Object.fromEntries(
      members.map((name) => [name.slice(group.length + 1), facts[name]?.type ?? "dyn"]),
    );
    env.registerVariable({ name: group, schema });
  }
  for (const [name, { forms, type }] of Object.entries(functions)) {
    for (const form of forms) {
      const parameters = form.map((parameter) => PARAMETERS[parameter]).join(", ");
      env.registerFunction(`${name}(${parameters}): ${type}`, () => false);
    }
  }
  return env;
}

/**
 * The syntax tree of a criterion whose names and types are right and which comes to true or false.
 *
 * @throws {CriterionProblem} otherwise
 */
export function parseCriterion(expression: string): ASTNode {
  try {
    const parsed = environment.parse(expression);
    const { valid, type, error } = parsed.check();
    if (error) throw error;
    if (valid && type === "bool") return parsed.ast;
    throw new CriterionProblem(
      expression,
      0,
      `this is of type ${type}, but a criterion is true or false; compare it, as in pages >= 3`,
    );
  } catch (error) {
    throw asProblem(expression, error);
  }
}

function asProblem(expression: string, error: unknown): unknown {
  if (error instanceof CriterionProblem || !(error instanceof Error) || !("summary" in error)) {
    return error;
  }
  const { code, summary, range } = error as ParseError;
  const at = range?.start ?? 0;
  const word = expression.slice(at, range?.end ?? at);
  return new CriterionProblem(expression, at, explained(code, summary, word));
}

function explained(code: string, summary: string, word: string): string {
  switch (code) {
    case "unknown_variable":
      return `there is no fact ${word}; known: ${known}`;
    case "no_such_key":
      return `there is no fact that ends in .${word}; known: ${known}`;
    case "no_such_overload":
      return `the types do not fit (${summary.replace("no such overload: ", "")}): text is written in quotes, numbers are not`;
    case "no_matching_overload":
      return `there is no such function, or not for these types: ${summary}; known: ${known}`;
    default:
      return `${summary}; write CEL, as in page.path == "/prices" && page.seconds >= 90`;
  }
}
