import { close, write } from "node:fs";
import type { Clock, Timer } from "../model/clock.ts";

/** What is written of one request; fits `proxy/ports.ts`. No query string, no whole address. */
interface AccessRecord {
  /** When the request came. */
  readonly atMs: number;
  readonly site: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Sent to the visitor, heads included. */
  readonly bytes: number;
  readonly durationMs: number;
  /** Of who asked, without its last part. */
  readonly address: string;
  /** In the combined format. */
  readonly asked?: {
    readonly protocol: string;
    readonly referrer?: string;
    readonly agent?: string;
  };
  /** Of a request that counts. All values are ASCII that stands in JSON as it is. */
  readonly hit?: {
    readonly kind: string;
    readonly consent: string;
    readonly cookie: string;
    readonly visitor?: string;
    readonly language?: string;
    readonly referrer?: string;
    readonly device?: string;
    readonly query?: string;
    /** Written as JSON; no longer than a line may be. */
    readonly noticed?: object;
  };
}

/** Fits the configuration. */
export type AccessLogFormat = "json" | "combined";

export interface AccessLog extends Disposable {
  record(record: AccessRecord): void;
  /** What is recorded from now on, and what waits to be written, goes there. The file before is closed, unless it is standard output. */
  redirect(fd: number, format: AccessLogFormat): void;
  /** Lines that were lost because they could not be written as fast as they came, or not at all. */
  readonly lost: number;
}

const STANDARD_OUTPUT = 1;
/** So many bytes are written at once … */
const BATCH = 65_536;
/** … or those of so many milliseconds. */
const LONGEST_WAIT_MS = 250;
/** More batches than that are not kept while the writing stands still: visitors come before the log. */
const MOST_WAITING = 64;
/** Characters of a path; each may become six. */
const LONGEST_PATH = 8192;
/** Room for the rest of a line besides the path. */
const LONGEST_REST = 4096;

/**
 * The access log: one line for each request, written in batches beside the event loop.
 *
 * @param out of the file it is written to; it is left open
 */
export function createAccessLog(
  process: string,
  clock: Clock,
  out: number = STANDARD_OUTPUT,
  format: AccessLogFormat = "json",
): AccessLog {
  const beginOf = jsonBegin(`{"level":"info","process":${JSON.stringify(process)},"time":"`);
  const whatOf = jsonWhat();
  /** Hits that are alike are one object. */
  const ofHits = new WeakMap<object, string>();
  const waiting: Buffer[] = [];
  let batch = Buffer.allocUnsafeSlow(BATCH);
  let length = 0;
  let writing = false;
  let timer: Timer | undefined;
  let lost = 0;
  let fd = out;
  /** One that is to be closed when what is being written has been. */
  let old: number | undefined;
  let inFormat = format;
  const combined = combinedLine();

  function flush(): void {
    timer?.[Symbol.dispose]();
    timer = undefined;
    if (length > 0) {
      if (waiting.length < MOST_WAITING) waiting.push(batch.subarray(0, length));
      else lost += countLines(batch.subarray(0, length));
      batch = Buffer.allocUnsafeSlow(BATCH);
      length = 0;
    }
    const next = writing ? undefined : waiting.shift();
    if (next) put(next);
  }
  function put(bytes: Buffer, to = fd): void {
    writing = true;
    write(to, bytes, (error, written) => {
      // A full disk loses lines; a pipe that is full for a moment does not.
      if (error && error.code !== "EAGAIN") lost += countLines(bytes);
      else if (written < bytes.length) return put(bytes.subarray(error ? 0 : written), to);
      writing = false;
      if (old !== undefined) close(old, () => undefined);
      old = undefined;
      const next = waiting.shift();
      if (next) put(next);
    });
  }
  function ofHit(hit: AccessRecord["hit"]): string {
    if (!hit) return "";
    let json = ofHits.get(hit);
    if (json === undefined) ofHits.set(hit, (json = hitJson(hit)));
    return json;
  }
  return {
    get lost() {
      return lost;
    },
    record(r) {
      if (inFormat === "combined") {
        const line = combined(r);
        if (length + line.length > BATCH) flush();
        length += batch.write(line, length, "latin1");
        timer ??= clock.after(LONGEST_WAIT_MS, flush);
        return;
      }
      const path = quoted(r.path.slice(0, LONGEST_PATH));
      if (length + path.length + LONGEST_REST > BATCH) flush();
      // One byte for each character: `quoted` leaves nothing but ASCII. A small line is put together faster than a large text.
      length += batch.write(
        `${beginOf(r.atMs)}${whatOf(r.site, r.method)}${path},"status":${r.status},"bytes":${r.bytes},` +
          `"durationMs":${r.durationMs},"client":"${r.address}",${ofHit(r.hit)}"msg":"request"}\n`,
        length,
        "latin1",
      );
      timer ??= clock.after(LONGEST_WAIT_MS, flush);
    },
    redirect(next, nextFormat) {
      flush();
      inFormat = nextFormat;
      if (next === fd) return;
      const before = fd;
      fd = next;
      if (before === STANDARD_OUTPUT) return;
      // Told to go elsewhere twice while one write lasts: nothing of it is in the file between.
      if (writing && old === undefined) old = before;
      else close(before, () => undefined);
    },
    [Symbol.dispose]: flush,
  };
}

function hitJson({
  kind,
  consent,
  cookie,
  visitor,
  language,
  referrer,
  device,
  query,
  noticed,
}: Required<AccessRecord>["hit"]) {
  let json = `"hit":"${kind}","consent":"${consent}","cookie":"${cookie}",`;
  if (visitor !== undefined) json += `"visitor":"${visitor}",`;
  if (language !== undefined) json += `"language":"${language}",`;
  if (referrer !== undefined) json += `"referrer":"${referrer}",`;
  if (device !== undefined) json += `"device":"${device}",`;
  if (query !== undefined) json += `"query":"${query}",`;
  if (noticed !== undefined) json += `"noticed":${ascii(JSON.stringify(noticed))},`;
  return json;
}

/** What stands in a JSON string as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return ascii(JSON.stringify(text));
}

function ascii(json: string): string {
  return json.replaceAll(/[^ -~]/g, (c) => {
    return `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === 10) count++;
  return count;
}

/** Up to the time in ISO 8601; all but its milliseconds is made once a second. */
function jsonBegin(begin: string): (ms: number) => string {
  let second = -1;
  let text = "";
  return (ms) => {
    const now = Math.floor(ms / 1000);
    if (now !== second) {
      second = now;
      text = begin + new Date(now * 1000).toISOString().slice(0, -4);
    }
    return text + MILLISECONDS[ms - now * 1000];
  };
}

const MILLISECONDS = Array.from({ length: 1000 }, (_, ms) => String(ms).padStart(3, "0"));

/** Behind the milliseconds, up to the path: nearly always the same. */
function jsonWhat(): (site: string, method: string) => string {
  let [of, by, text] = ["", "", ""];
  return (site, method) => {
    if (text === "" || site !== of || method !== by) {
      [of, by] = [site, method];
      text = `Z","site":"${site}","method":"${method}","path":`;
    }
    return text;
  };
}

/**
 * The combined format of Apache and nginx. Paths have no query string, addresses are shortened, and of the page that named this one scheme
 * and host are written, as in JSON.
 */
function combinedLine(): (record: AccessRecord) => string {
  let second = -1;
  let time = "";
  return (r) => {
    const now = Math.floor(r.atMs / 1000);
    if (now !== second) {
      second = now;
      const [, day, month, year, clock] = new Date(now * 1000).toUTCString().split(" ");
      time = `${day}/${month}/${year}:${clock} +0000`;
    }
    const { protocol = "HTTP/1.1", referrer, agent } = r.asked ?? {};
    const path = escaped(r.path.slice(0, LONGEST_PATH));
    // A head that was none has no method.
    const line = r.method === "" ? "-" : `${r.method} ${path} ${protocol}`;
    return `${r.address || "-"} - - [${time}] "${line}" ${r.status} ${r.bytes} "${escaped(referrer)}" "${escaped(agent)}"\n`;
  };
}

/** A value between quotes, as Apache writes it: nothing in it ends the value or the line. */
function escaped(text = "-"): string {
  if (PLAIN.test(text)) return text;
  return text.replaceAll(/["\\]|[^ -~]/g, (c) => {
    if (c === '"' || c === "\\") return `\\${c}`;
    const code = c.charCodeAt(0);
    if (code > 0xff) return `\\u${code.toString(16).padStart(4, "0")}`;
    return `\\x${code.toString(16).padStart(2, "0")}`;
  });
}
