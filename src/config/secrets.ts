import { readFileSync } from "node:fs";

interface Replaced {
  readonly value: unknown;
  readonly problems: readonly { path: (string | number)[]; message: string }[];
}

/**
 * Replaces `${NAME}` by an environment variable and a value `file:/path` by the file's content without its last line end, so that
 * secrets need not stand in the configuration file.
 */
export function withSecrets(
  value: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): Replaced {
  const problems: { path: (string | number)[]; message: string }[] = [];
  const replace = (inner: unknown, path: (string | number)[]): unknown => {
    if (typeof inner === "string") return text(inner, path);
    if (Array.isArray(inner)) return inner.map((v, i) => replace(v, [...path, i]));
    if (inner === null || typeof inner !== "object") return inner;
    return Object.fromEntries(Object.entries(inner).map(([k, v]) => [k, replace(v, [...path, k])]));
  };
  const text = (written: string, path: (string | number)[]): string => {
    if (written.startsWith("file:")) {
      try {
        return readFileSync(written.slice("file:".length), "utf8").replace(/\r?\n$/, "");
      } catch {
        problems.push({ path, message: `cannot read ${written.slice("file:".length)}` });
        return written;
      }
    }
    return written.replaceAll(/\$\{([A-Z_][A-Z0-9_]*)\}/g, (_, name: string) => {
      const found = environment[name];
      if (found === undefined) problems.push({ path, message: `the environment has no ${name}` });
      return found ?? "";
    });
  };
  return { value: replace(value, []), problems };
}
