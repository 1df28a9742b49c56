/** The moments at which a comparison with a time fact can change, in whole seconds since the page or the visit began. */
export interface Threshold {
  readonly since: "page" | "site";
  readonly seconds: number;
}

/** `page.seconds OP limit`, the fact on the left. */
export type Comparison = "<" | "<=" | ">" | ">=" | "==" | "!=";

const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
  "==": "==",
  "!=": "!=",
};

/** The same comparison with its sides exchanged. */
export function mirrored(op: Comparison): Comparison {
  return MIRRORED[op];
}

/** When `seconds OP limit` changes its value. Seconds are whole and only grow, so there are two moments at most. */
export function changesAt(op: Comparison, limit: number): readonly number[] {
  const moments = (): number[] => {
    switch (op) {
      case ">=":
      case "<":
        return [Math.ceil(limit)];
      case ">":
      case "<=":
        return [Math.floor(limit) + 1];
      case "==":
      case "!=":
        return Number.isInteger(limit) ? [limit, limit + 1] : [];
    }
  };
  return moments().filter((seconds) => seconds > 0);
}
