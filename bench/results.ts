/** What `npm run bench` leaves behind: `results.md`, and the README's table with the same figures. */

const HEAD = "# Measured by `npm run bench`\n\n";
const README_HEADING = "## What it costs";

/** `results.md` with one section new, in the order of `titles`; sections that have no title there are gone. */
export function resultsWith(
  results: string,
  titles: readonly string[],
  title: string,
  text: string,
): string {
  const sections = new Map(
    results
      .split(/^## /m)
      .slice(1)
      .map((section) => {
        const end = section.indexOf("\n");
        return [section.slice(0, end), section.slice(end).trim()];
      }),
  );
  sections.set(title, text.trim());
  return (
    HEAD +
    titles
      .filter((name) => sections.has(name))
      .map((name) => `## ${name}\n\n${sections.get(name)}\n`)
      .join("\n")
  );
}

/**
 * The README with each row of its table of costs as `results.md` has it: the row with the same first cell, as many cells as
 * the README shows.
 *
 * @throws {Error} when `results.md` has no such row
 */
export function readmeWith(readme: string, results: string): string {
  const rows = new Map(results.split("\n").map((line) => [cellsOf(line)[0], cellsOf(line)]));
  return readme
    .split(/^(?=## )/m)
    .map((section) => (section.startsWith(README_HEADING) ? withRows(section, rows) : section))
    .join("");
}

function withRows(
  section: string,
  rows: ReadonlyMap<string | undefined, readonly string[]>,
): string {
  const table = section.split("\n").filter((line) => line.startsWith("|"));
  return table.slice(2).reduce((text, line) => {
    const [name = "", ...shown] = cellsOf(line);
    const measured = rows.get(name)?.slice(1, 1 + shown.length);
    if (!measured)
      throw new Error(`results.md has no row "${name}", which the README's table shows`);
    return text.replace(line, `| ${[name, ...measured].join(" | ")} |`);
  }, section);
}

/** The cells of a row of a table. */
function cellsOf(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}
