import { durationMs } from "./duration.ts";
import type { Compute, Need, Value, View, WallView } from "./facts.ts";
import { type Argument, functions } from "./functions.ts";
import { and, not, or, type Truth } from "./kleene.ts";
import { type ASTNode, CriterionProblem, parseCriterion } from "./language.ts";
import { constant, factOf, isList, nameOf, textsOf } from "./nodes.ts";
import { changesAt, type Comparison, mirrored, type Threshold } from "./thresholds.ts";
import { LONGEST_WATCHED_MS } from "./windows.ts";

type Logic = (view: View) => Truth;

/** A fact that a criterion asks for. */
export interface Ask {
  readonly read: Compute;
  readonly needs?: Need | undefined;
}

/** A criterion, ready to be asked. */
export interface Criterion {
  readonly expression: string;
  readonly evaluate: Logic;
  /** When it must be asked again although the visitor did nothing, soonest first, no moment twice. */
  readonly thresholds: readonly Threshold[];
  /** By what is written, in how many ms a window that it asks for changes its count by itself; Infinity for never. */
  readonly windows: ReadonlyMap<string, (view: WallView) => number>;
  /** The facts it asks for, as they are written. */
  readonly asks: ReadonlyMap<string, Ask>;
}

const COMPARE: Readonly<Record<Comparison, (left: Value, right: Value) => boolean>> = {
  "<": (l, r) => l! < r!,
  "<=": (l, r) => l! <= r!,
  ">": (l, r) => l! > r!,
  ">=": (l, r) => l! >= r!,
  "==": (l, r) => l === r,
  "!=": (l, r) => l !== r,
};

const TEXT_TESTS: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  startsWith: (text, part) => text.startsWith(part),
  endsWith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
};

/**
 * Turns an expression into functions. cel-js has parsed and typed it; it is evaluated here, because unknown facts must
 * follow Kleene's tables without an exception for each, and because numbers are compared without BigInt. What is not
 * needed for criteria (arithmetic, macros, regular expressions, whose running time a visitor's URL would decide) is refused.
 *
 * @throws {CriterionProblem} when the expression cannot be a criterion
 */
export function compileCriterion(expression: string): Criterion {
  return compileNode(expression, parseCriterion(expression));
}

/**
 * The same for a part of a criterion that is true, false or unknown.
 *
 * @param expression the whole, in which the part stands
 */
export function compileNode(expression: string, whole: ASTNode): Criterion {
  const asks = new Map<string, Ask>();
  const windows = new Map<string, (view: WallView) => number>();
  const moments = new Map<string, Threshold>();
  const fail = (node: ASTNode, what: string) =>
    new CriterionProblem(expression, node.range.start, what);

  function logic(node: ASTNode): Logic {
    // The types were checked: what stands here is true, false or unknown.
    return compute(node) as Logic;
  }

  function compute(node: ASTNode): Compute {
    switch (node.op) {
      case "value":
      case "-_": {
        const value = constant(node);
        if (value === undefined)
          throw fail(node, "write a number, a text in quotes, true or false");
        return () => value;
      }
      case "id":
      case ".": {
        const fact = factOf(node);
        if (fact?.since) {
          throw fail(
            node,
            `compare ${nameOf(node)} with a number and nothing else, as in ${nameOf(node)} >= 90`,
          );
        }
        if (fact) return ask(nameOf(node), fact);
        break;
      }
      case "&&": {
        const [left, right] = [logic(node.args[0]), logic(node.args[1])];
        return (view) => {
          const l = left(view);
          return l === false ? false : and(l, right(view));
        };
      }
      case "||": {
        const [left, right] = [logic(node.args[0]), logic(node.args[1])];
        return (view) => {
          const l = left(view);
          return l === true ? true : or(l, right(view));
        };
      }
      case "!_": {
        const operand = logic(node.args);
        return (view) => not(operand(view));
      }
      case "?:": {
        const [condition, yes, no] = [
          logic(node.args[0]),
          compute(node.args[1]),
          compute(node.args[2]),
        ];
        return (view) => {
          const c = condition(view);
          return c === undefined ? undefined : c ? yes(view) : no(view);
        };
      }
      case "<":
      case "<=":
      case ">":
      case ">=":
      case "==":
      case "!=":
        return comparison(node.op, node.args[0], node.args[1]);
      case "in":
        return membership(node.args[0], node.args[1]);
      case "call":
        return call(node, node.args[0], node.args[1]);
      case "rcall":
        return method(node, node.args[0], node.args[1], node.args[2]);
      default:
    }
    throw fail(
      node,
      "this part of CEL is not available in criteria; use facts, numbers, texts, && || ! ?: == != < <= > >= in, startsWith, endsWith, contains and size",
    );
  }

  function ask(name: string, { read, needs }: Ask): Compute {
    asks.set(name, { read, needs });
    return read;
  }

  function comparison(op: Comparison, left: ASTNode, right: ASTNode): Logic {
    const compare = COMPARE[op];
    for (const [fact, limit, sided] of [
      [left, right, op],
      [right, left, mirrored(op)],
    ] as const) {
      const timed = factOf(fact);
      const since = timed?.since;
      const value = constant(limit);
      if (!timed || !since || typeof value !== "number") continue;
      for (const seconds of changesAt(sided, value)) {
        moments.set(`${since} ${seconds}`, { since, seconds });
      }
      const elapsed = ask(nameOf(fact), timed);
      const holds = COMPARE[sided];
      return (view) => holds(elapsed(view), value);
    }
    for (const side of [left, right]) {
      if (isList(side))
        throw fail(side, 'lists cannot be compared; ask what is in them, as in "/cart" in trail');
    }
    const [l, r] = [compute(left), compute(right)];
    return (view) => {
      const [a, b] = [l(view), r(view)];
      return a === undefined || b === undefined ? undefined : compare(a, b);
    };
  }

  function membership(item: ASTNode, list: ASTNode): Logic {
    const wanted = compute(item);
    const members = list.op === "list" ? list.args.map(compute) : undefined;
    if (members) {
      // The same as comparing with each, joined by ||.
      return (view) => {
        const value = wanted(view);
        return members.reduce<Truth>((found, member) => {
          const other = member(view);
          return or(
            found,
            value === undefined || other === undefined ? undefined : value === other,
          );
        }, false);
      };
    }
    if (!isList(list)) throw fail(list, 'a list must follow "in", as in "/cart" in trail');
    const all = compute(list) as (view: View) => readonly string[] | undefined;
    return (view) => {
      const value = wanted(view);
      return value === undefined ? undefined : all(view)?.includes(value as string);
    };
  }

  function call(node: ASTNode, name: string, args: readonly ASTNode[]): Compute {
    const [first] = args;
    if (name === "size" && first) return size(first);
    const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
    const form = known?.forms.find(({ length }) => length === args.length);
    if (!known || !form) {
      const all = Object.values(functions).map(({ example }) => example);
      throw fail(node, `${name}() is not available in criteria; known: ${all.join(", ")}, size`);
    }
    const values = args.map((arg, i): Argument => {
      const value = form[i] === "texts" ? textsOf(arg) : constant(arg);
      const wanted = form[i] === "texts" ? "a list of texts in quotes" : "a text in quotes";
      if (typeof value !== "string" && typeof value !== "object") {
        throw fail(arg, `${name}() wants ${wanted}, as in ${known.example}`);
      }
      const windowMs = form[i] === "window" ? durationMs(value as string) : undefined;
      if (form[i] === "window" && windowMs === undefined) {
        const units = "a whole number and s, m, h, d or w";
        throw fail(arg, `write a length of time: ${units}, as in ${known.example}`);
      }
      return windowMs ?? value;
    });
    const written = `${name}(${args.map(({ range }) => expression.slice(range.start, range.end)).join(", ")})`;
    const { read, changesInMs } = known.make(...values);
    const windowMs = values[form.indexOf("window")];
    if (changesInMs && typeof windowMs === "number" && windowMs <= LONGEST_WATCHED_MS) {
      windows.set(written, changesInMs);
    }
    return ask(written, { read, needs: known.needs });
  }

  function method(node: ASTNode, name: string, on: ASTNode, args: readonly ASTNode[]): Compute {
    const [first] = args;
    if (name === "size") return size(on);
    const test = Object.hasOwn(TEXT_TESTS, name) ? TEXT_TESTS[name] : undefined;
    if (!test || !first) {
      throw fail(
        node,
        `${name} is not available in criteria; use startsWith, endsWith, contains, or visited("/path")`,
      );
    }
    const [text, part] = [compute(on), compute(first)];
    return (view) => {
      const [t, p] = [text(view), part(view)];
      return t === undefined || p === undefined ? undefined : test(t as string, p as string);
    };
  }

  function size(of: ASTNode): Compute {
    const sized = compute(of) as (view: View) => string | readonly string[] | undefined;
    return (view) => {
      const value = sized(view);
      return typeof value === "string" ? Array.from(value).length : value?.length;
    };
  }

  const evaluate = logic(whole);
  const thresholds = [...moments.values()].sort((a, b) => a.seconds - b.seconds);
  return { expression, evaluate, thresholds, windows, asks };
}
