/** Kleene's three values: what the visitor does not let us know is `undefined`, neither true nor false [SPEC A2]. */
export type Truth = boolean | undefined;

/** False as soon as one side is false; true if both are; else unknown. */
export function and(left: Truth, right: Truth): Truth {
  if (left === false || right === false) return false;
  return left === undefined || right === undefined ? undefined : true;
}

/** True as soon as one side is true; false if both are; else unknown. */
export function or(left: Truth, right: Truth): Truth {
  if (left === true || right === true) return true;
  return left === undefined || right === undefined ? undefined : false;
}

export function not(value: Truth): Truth {
  return value === undefined ? undefined : !value;
}
