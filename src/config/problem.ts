/** One thing wrong with the configuration: where it is, and how to mend it. */
export interface Problem {
  /** Where it is not the configuration file itself. */
  readonly file?: string;
  /** `sites[0].origins`, or empty for the whole file. */
  readonly path: string;
  /** From 1; 0 when the file could not be read. */
  readonly line: number;
  readonly message: string;
}

/** The configuration cannot be used. Nothing has been started. */
export class ConfigError extends Error {
  readonly code = "WL_CONFIG";
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    super(problems.map((p) => printed(file, p)).join("\n"));
    this.problems = problems;
  }
}

function printed(asked: string, { file = asked, line, path, message }: Problem): string {
  return `${file}${line > 0 ? `:${line}` : ""}: ${path === "" ? "" : `${path}: `}${message}`;
}
