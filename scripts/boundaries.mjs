// Who may import whom. The parts of the product are independent of one another: each declares the ports it needs in its own
// folder, and src/main wires them. Reads every module's imports with a real parser, and says how many it has read.
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseSync } from "oxc-parser";

const PARTS = ["proxy", "analysis", "cti", "desk", "oam", "config", "store"];

/** The first rule whose `from` fits a module decides what it may import of `src/`. */
const RULES = [
  { from: /\.test\.tsx?$/, may: /^/ },
  { from: /^src\/main(\.ts|\/)/, may: /^src\// },
  { from: /^src\/model\//, may: /^src\/model\// },
  { from: /^src\/softphone\//, may: /^src\/softphone\// },
  { from: /^src\/visitor\/browser\//, may: /^src\/(visitor|softphone|model)\// },
  { from: /^src\/visitor\//, may: /^src\/(visitor|model)\// },
  {
    from: /^src\/desk\/ui\//,
    may: /^src\/(desk\/ui|softphone|model)\/|^src\/desk\/protocol\.ts$/,
  },
  { from: /^src\/desk\//, may: /^src\/(desk\/(?!ui\/)|visitor|model)/ },
  { from: /^src\/store\//, may: /^src\/(store|model)\/|^src\/(cti|desk)\/ports\.ts$/ },
  ...PARTS.map((part) => ({
    from: new RegExp(`^src/${part}/`),
    may: new RegExp(`^src/(${part}|model)/`),
  })),
];

/** What is wrong with a list of `[importing, imported]` paths, in words. */
export function violations(imports) {
  return imports.flatMap(([from, to]) => {
    const rule = RULES.find((r) => r.from.test(from));
    if (!rule) return [`${from} is in no folder that the rules know`];
    return rule.may.test(to) ? [] : [`${from} must not import ${to}`];
  });
}

/** Every import of one module of ours by another, with paths from the project's folder. */
function importsOf(file) {
  const { module, errors } = parseSync(file, readFileSync(file, "utf8"));
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  const names = [
    ...module.staticImports.map((i) => i.moduleRequest.value),
    ...module.staticExports.flatMap((e) => e.entries.map((x) => x.moduleRequest?.value ?? "")),
    ...module.dynamicImports.map((i) =>
      readFileSync(file, "utf8").slice(i.moduleRequest.start + 1, i.moduleRequest.end - 1),
    ),
  ];
  return names
    .filter((name) => name.startsWith("."))
    .map((name) => [file, join(dirname(file), name)]);
}

if (import.meta.main) {
  const modules = globSync("src/**/*.{ts,tsx}");
  const imports = modules.flatMap(importsOf);
  const found = violations(imports);
  for (const line of found) console.log(line);
  console.log(`${modules.length} modules, ${imports.length} imports, ${found.length} violations`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
