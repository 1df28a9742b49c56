/** What a case of the suite is. The tables in `requests/` and `answers/` are made of these. */

export interface Case {
  readonly name: string;
  /** The RFC's section or the attack. */
  readonly why: string;
  /** What the visitor writes (latin1), piece by piece. A request for `/behind` comes in the last piece, right behind it. */
  readonly send: string | readonly string[];
  /** The visitor ends his side instead of asking for `/behind`. */
  readonly cut?: true;
  /** What the origin says to each request that it gets, once that is whole; where there is none, `OK`. */
  readonly says?: readonly (string | Speech)[];
  /** The requests that the origin gets whole, in order. */
  readonly reaches: readonly Meant[];
  /** The answers that the visitor gets, in order. */
  readonly gets: readonly (number | Got)[];
  /** Whether what the visitor asks behind it is answered, or the connection is closed. */
  readonly afterwards: "kept" | "closed";
}

export interface Speech {
  /** Written piece by piece. */
  readonly bytes: string | readonly string[];
  /** Written as soon as the head has come. */
  readonly early?: true;
  readonly closing?: "end" | "reset";
}

/** A request as the origin should understand it. */
export interface Meant {
  /** Method and target. */
  readonly line: string;
  /** What it must have, in this order, apart from Host, framing, and what the edge says of its own. */
  readonly fields?: readonly string[];
  readonly body?: string;
  readonly framing?: "none" | "length" | "chunked" | "close";
  readonly host?: string;
}

/** An answer as the visitor should understand it. */
export interface Got {
  readonly status: number;
  readonly reason?: string;
  /** All of them, in this order, apart from framing and Connection. */
  readonly fields?: readonly string[];
  readonly body?: string;
  /** It answers HEAD. */
  readonly head?: true;
  /** It must look broken: a part, or a reset in place of the end. */
  readonly broken?: true;
}

export const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** A request's head for the site of the suite. */
export const head = (line: string, ...fields: readonly string[]): string =>
  raw(`${line} HTTP/1.1`, "Host: 127.0.0.1", ...fields);

/** These lines, each ended as it must be, and the end of the head. */
export const raw = (...lines: readonly string[]): string => `${lines.join("\r\n")}\r\n\r\n`;

/** Refused: nothing of it reaches the origin whole, and nothing behind it is a request any more. */
export const refused = (
  name: string,
  send: Case["send"],
  status: number,
  why: string,
  more: Partial<Case> = {},
): Case => ({ name, why, send, reaches: [], gets: [status], afterwards: "closed", ...more });

/** Reaches the origin as it is meant and is answered; the connection goes on. */
export const passed = (
  name: string,
  send: Case["send"],
  meant: Meant,
  why: string,
  more: Partial<Case> = {},
): Case => ({ name, why, send, reaches: [meant], gets: [200], afterwards: "kept", ...more });

/** The visitor asks `GET /a`, the origin answers, the visitor gets this. */
export const answered = (
  name: string,
  says: string | Speech,
  got: number | Got,
  why: string,
  more: Partial<Case> = {},
): Case => ({
  name,
  why,
  send: head("GET /a"),
  says: [says],
  reaches: [{ line: "GET /a" }],
  gets: [got],
  afterwards: "kept",
  ...more,
});
