/** What the loader asks others about values it cannot judge itself. */
export interface Checks {
  /** What is wrong with a criterion, or nothing. */
  criterion(expression: string): string | undefined;
}
