import { readFileSync } from "node:fs";
import t from "tap";
import { readmeWith, resultsWith } from "../../bench/results.ts";

const RESULTS = `# Measured by \`npm run bench\`

## Speed

| what | ours | theirs |
| --- | --: | --: |
| a page | 10 µs | 12 µs |

## Memory

little
`;

t.test("a section is replaced, the others stay, in the given order", async (t) => {
  const titles = ["Memory", "Speed"];
  const swapped = resultsWith(RESULTS, titles, "Memory", "much\n");
  t.match(swapped, /bench`\n\n## Memory\n\nmuch\n\n## Speed\n\n\| what/);
  t.equal(resultsWith(RESULTS, ["Speed", "Memory"], "Memory", "little"), RESULTS);
  t.notMatch(resultsWith(RESULTS, ["Speed"], "Speed", "fast"), /Memory/);
});

t.test("the README's rows are those of the results", async (t) => {
  const readme = (cell: string) =>
    `# W\n\n| a page | 1 |\n\n## What it costs\n\n| what | ours |\n| --- | --: |\n| a page | ${cell} |\n\n## End\n`;
  t.equal(readmeWith(readme("9 µs"), RESULTS), readme("10 µs"));
  t.throws(() => readmeWith(readme("1").replaceAll("a page", "a dog"), RESULTS), /no row "a dog"/);
});

t.test("every figure in our own README is a measured one", async (t) => {
  const here = (file: string) =>
    readFileSync(new URL(`../../${file}`, import.meta.url), "utf8").replaceAll(/ +/g, " ");
  const readme = here("README.md");
  t.equal(readmeWith(readme, here("bench/results.md")), readme);
});
