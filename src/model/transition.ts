/** Which states may follow which. Every stateful thing of the model has exactly one such table. */
export type TransitionTable<State extends string> = Readonly<Record<State, readonly State[]>>;

/** A move that a transition table does not allow: always a bug in the caller, never a visitor's or an agent's fault. */
export class IllegalTransition extends Error {
  readonly code = "WL_ILLEGAL_TRANSITION";

  constructor(what: string, from: string, to: string) {
    super(`${what} cannot go from ${from} to ${to}`);
  }
}

/** Whether the table allows the move. */
export function mayMove<State extends string>(
  table: TransitionTable<State>,
  from: State,
  to: State,
): boolean {
  return table[from].includes(to);
}

/**
 * The state after a legal move.
 *
 * @throws {IllegalTransition} when the table does not allow it
 */
export function move<State extends string>(
  what: string,
  table: TransitionTable<State>,
  from: State,
  to: State,
): State {
  if (!mayMove(table, from, to)) throw new IllegalTransition(what, from, to);
  return to;
}
