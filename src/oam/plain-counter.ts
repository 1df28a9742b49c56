import { Counter, type Registry } from "prom-client";

/** What has been counted of one set of labels since it was asked for last. */
interface Cell {
  readonly labels: readonly Label[];
  count: number;
}

type Label = string | number;
type Level = Map<Label, Level | Cell>;

/**
 * A counter for what is counted so often that looking up labels each time would be a good part of what it costs. It is added up in plain
 * numbers, and made into a metric when somebody asks.
 */
export function plainCounter(
  registry: Registry,
  options: { readonly name: string; readonly help: string; readonly labelNames: readonly string[] },
): (first: Label, second?: Label, third?: Label) => void {
  const { labelNames } = options;
  const cells: Cell[] = [];
  const root: Level = new Map();
  registry.registerMetric(
    new Counter({
      ...options,
      registers: [],
      collect() {
        for (const { labels, count } of cells) {
          const named = labelNames.map((name, i) => [name, String(labels[i])] as const);
          if (count > 0) this.inc(Object.fromEntries(named), count);
        }
        for (const cell of cells) cell.count = 0;
      },
    }),
  );
  function below(level: Level, label: Label): Level {
    const found = level.get(label);
    if (found) return found as Level;
    const made: Level = new Map();
    level.set(label, made);
    return made;
  }
  return (first, second, third) => {
    let level = root;
    let last = first;
    if (second !== undefined) [level, last] = [below(level, first), second];
    if (third !== undefined) [level, last] = [below(level, last), third];
    let cell = level.get(last) as Cell | undefined;
    if (!cell) {
      const labels = [first, second, third].filter((label) => label !== undefined);
      level.set(last, (cell = { labels, count: 0 }));
      cells.push(cell);
    }
    cell.count++;
  };
}
