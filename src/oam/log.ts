import { writeSync } from "node:fs";
import { pino, type DestinationStream } from "pino";
import type { Log } from "../model/log.ts";

/** What a name stands for in a log line instead of the thing itself. */
const HIDDEN = "[redacted]";

/** Fields of {@link Log} that may hold something of a visitor; one level deep is as far as any of ours goes. */
const PRIVATE = [
  "number",
  "address",
  "name",
  "url",
  "referrer",
  "userAgent",
  "password",
  "cookie",
  "token",
];

/**
 * JSON lines on standard output, with what belongs to visitors redacted. `process` says which of ours writes.
 *
 * @param level the least severe that is written
 */
export function createLog(process: string, level: string, to?: DestinationStream): Log {
  return pino(
    {
      level,
      base: { process },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: PRIVATE.flatMap((name) => [name, `*.${name}`]), censor: HIDDEN },
      serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err },
    },
    to ?? standardOutput,
  );
}

/** Standard output. A line that cannot be written, as on a full disk, is lost: visitors come before the log. */
const standardOutput: DestinationStream = {
  write(line) {
    try {
      writeSync(1, line);
    } catch {
      // There is nobody left to tell.
    }
  },
};
