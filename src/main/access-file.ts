import { openSync } from "node:fs";
import type { Config } from "../config/schema.ts";
import type { AccessLog } from "../oam/access-log.ts";
import { StartError } from "./lifetime.ts";

/** Owner and group: log readers are in the group. */
const MODE = 0o640;
const STANDARD_OUTPUT = 1;

/**
 * Where the access log goes by the configuration. The file is opened anew each time: what was moved away by logrotate is let go.
 *
 * @throws {StartError} with the file that cannot be opened; then nothing has changed
 */
export function directAccessLog(log: AccessLog, { edge }: Config): void {
  const { accessLogFile: file, accessLogFormat: format } = edge;
  log.redirect(file === undefined ? STANDARD_OUTPUT : open(file), format);
}

function open(file: string): number {
  try {
    return openSync(file, "a", MODE);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(
      `edge.accessLogFile: ${file} cannot be opened for writing (${code}); name a file in a folder that this user may write to`,
    );
  }
}
