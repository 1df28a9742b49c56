import { write } from "node:fs";
import type { Clock, Timer } from "../model/clock.ts";

/** What is written of one request; fits `proxy/ports.ts`. No query string, no whole address. */
interface AccessRecord {
  readonly site: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Sent to the visitor, heads included. */
  readonly bytes: number;
  readonly durationMs: number;
  /** Of who asked, without its last part. */
  readonly address: string;
}

export interface AccessLog extends Disposable {
  record(record: AccessRecord): void;
  /** Lines that were lost because they could not be written as fast as they came, or not at all. */
  readonly lost: number;
}

/** So many characters are written at once … */
const BATCH = 65_536;
/** … or those of so many milliseconds. */
const LONGEST_WAIT_MS = 250;
/** More than that is not kept while the writing stands still: visitors come before the log. */
const MOST_WAITING = 64 * BATCH;

/**
 * The access log: one JSON object a line, written in batches beside the event loop.
 *
 * @param fd of the file it is written to
 */
export function createAccessLog(process: string, clock: Clock, fd = 1): AccessLog {
  const begin = `{"level":"info","process":${JSON.stringify(process)},"time":"`;
  const timeOf = isoTime();
  let waiting = "";
  let writing = false;
  let timer: Timer | undefined;
  let lost = 0;

  function flush(): void {
    timer?.[Symbol.dispose]();
    timer = undefined;
    if (writing || waiting === "") return;
    put(Buffer.from(waiting));
    waiting = "";
  }
  function put(bytes: Buffer): void {
    writing = true;
    write(fd, bytes, (error, written) => {
      writing = false;
      // A full disk loses lines; a pipe that is full for a moment does not.
      if (error && error.code !== "EAGAIN") lost += countLines(bytes);
      else if (written < bytes.length) return put(bytes.subarray(error ? 0 : written));
      if (waiting.length >= BATCH) flush();
      else if (waiting !== "") timer ??= clock.after(LONGEST_WAIT_MS, flush);
    });
  }
  return {
    get lost() {
      return lost;
    },
    record(r) {
      if (waiting.length > MOST_WAITING) {
        lost++;
        return;
      }
      waiting +=
        `${begin}${timeOf(clock.nowMs())}","site":"${r.site}","method":${quoted(r.method)},"path":${quoted(r.path)},` +
        `"status":${r.status},"bytes":${r.bytes},"durationMs":${r.durationMs},"client":"${r.address}","msg":"request"}\n`;
      if (waiting.length >= BATCH) flush();
      else timer ??= clock.after(LONGEST_WAIT_MS, flush);
    },
    [Symbol.dispose]: flush,
  };
}

/** What stands in a JSON string as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === 10) count++;
  return count;
}

/** ISO 8601 with milliseconds; all but these is made once a second. */
function isoTime(): (ms: number) => string {
  let second = -1;
  let text = "";
  return (ms) => {
    const now = Math.floor(ms / 1000);
    if (now !== second) {
      second = now;
      text = new Date(now * 1000).toISOString().slice(0, -4);
    }
    return `${text}${String(ms - now * 1000).padStart(3, "0")}Z`;
  };
}
