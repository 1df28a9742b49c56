import { readFileSync } from "node:fs";
import { isNode, LineCounter, parseDocument, type Document } from "yaml";
import type { z } from "zod";
import type { Checks } from "./checks.ts";
import { crossCheck } from "./cross-check.ts";
import { ConfigError, type Problem } from "./problem.ts";
import { type Config, configSchema } from "./schema.ts";
import { withSecrets } from "./secrets.ts";

type Path = readonly (string | number)[];

/**
 * Reads and validates a configuration file; every problem is found at once, each with its line.
 *
 * @throws {ConfigError}
 */
export function loadConfig(file: string, checks: Checks, environment = process.env): Config {
  return parseConfig(readText(file), file, checks, environment);
}

/**
 * As {@link loadConfig}, with the campaigns (and, if there are any, the messages) of another file in place of its own, to try them.
 *
 * @throws {ConfigError}
 */
export function loadConfigWithCampaigns(
  file: string,
  campaigns: string,
  checks: Checks,
  environment = process.env,
): Config {
  const parts = { file: campaigns, text: readText(campaigns) };
  return parseConfig(readText(file), file, checks, environment, parts);
}

/** What another file may say instead. */
const PARTS: ReadonlySet<unknown> = new Set(["campaigns", "messages"]);

/** As {@link loadConfig}, with the text at hand. */
export function parseConfig(
  text: string,
  file: string,
  checks: Checks,
  environment: Readonly<Record<string, string | undefined>>,
  parts?: { readonly file: string; readonly text: string },
): Config {
  const [all, part] = [yamlOf(text, file), parts && yamlOf(parts.text, parts.file)];
  const instead = part ? partsOf(part) : {};
  const at = (path: Path, message: string): Problem => {
    const of = part && path[0] !== undefined && path[0] in instead ? part : all;
    const line = lineOf(of.document, of.lines, path);
    return { file: of.file, path: written(path), line, message };
  };
  const whole = Object.assign(all.document.toJS() ?? {}, instead) as unknown;
  const secrets = withSecrets(whole, environment);
  const parsed = configSchema.safeParse(secrets.value);
  const problems = secrets.problems.map((p) => at(p.path, p.message));
  if (!parsed.success) {
    problems.push(...parsed.error.issues.flatMap((issue) => explained(issue, at)));
    throw new ConfigError(file, problems);
  }
  problems.push(...crossCheck(parsed.data, checks).map((p) => at(p.path, p.message)));
  if (problems.length > 0) throw new ConfigError(file, problems);
  return parsed.data;
}

interface Yaml {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

function yamlOf(text: string, file: string): Yaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  // One mistake makes many errors. Warnings are of unknown tags: an unquoted ! would vanish from a criterion.
  const [mistake] = [...document.errors, ...document.warnings];
  if (!mistake) return { file, document, lines };
  const what = mistake.message.split("\n")[0]?.replace(/ at line .*$/, "") ?? "not YAML";
  const message = `${what}; what has ! { } [ ] : or # in it must stand in quotes`;
  throw new ConfigError(file, [{ path: "", line: mistake.linePos?.[0].line ?? 0, message }]);
}

/** The campaigns and messages of a file that may be a whole configuration. */
function partsOf({ file, document }: Yaml): Record<string, unknown> {
  const said: unknown = document.toJS();
  const entries = typeof said === "object" && said !== null ? Object.entries(said) : [];
  const parts = Object.fromEntries(entries.filter(([key]) => PARTS.has(key)));
  if ("campaigns" in parts) return parts;
  const message =
    "there are no campaigns in it; write campaigns: and a list, as in a configuration";
  throw new ConfigError(file, [{ path: "", line: 1, message }]);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : String(error);
    throw new ConfigError(file, [{ path: "", line: 0, message: why }]);
  }
}

function explained(
  issue: z.core.$ZodIssue,
  at: (path: Path, message: string) => Problem,
): Problem[] {
  const path = issue.path.filter((p) => typeof p !== "symbol");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) =>
      at([...path, key], "there is no such key; see config/warmline.yaml"),
    );
  }
  return [at(path, inWords(issue))];
}

/** What the schema library says in its own words, in those of an operator. */
function inWords(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_type") return issue.message;
  if (issue.message.endsWith("received undefined")) return "this key is missing";
  return issue.expected === "string" && /received (number|boolean)$/.test(issue.message)
    ? "this is a text: put it in quotes"
    : issue.message;
}

/** The line of the value at `path`, or of the nearest thing around it. */
function lineOf(document: Document, lines: LineCounter, path: Path): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function written(path: Path): string {
  return path.map((p, i) => (typeof p === "number" ? `[${p}]` : i > 0 ? `.${p}` : p)).join("");
}
