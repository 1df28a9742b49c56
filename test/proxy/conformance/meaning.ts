/** What a visitor's bytes mean to the edge of the suite: a second, slow implementation of what it may pass on. */
import {
  type Field,
  type Message,
  readRequest,
  skipEmptyLines,
  valuesOf,
} from "./reference-parser.ts";

export interface Meaning {
  /** Method, target and body of each request that goes to the origin, in order. */
  readonly reaches: readonly string[];
  /** Method and status of each answer but 100, in order; a refusal at the end may be missing, when only a part of a request came. */
  readonly gets: readonly (readonly [method: string, status: number])[];
  /** What ends it: a refusal (any status from 400), a part of a request, `close`, nothing, or what cannot be told. */
  readonly end: "refused" | "part" | "close" | "nothing" | "either";
  /** The request at the end is by HEAD: nobody waits for a refusal's body. */
  readonly head?: boolean | undefined;
}

type Head = Pick<Message, "line" | "fields">;

// RFC 9110, section 7.2; RFC 3986, section 3.2.2.
const HOST = /^([\w.~!$&'()*+;=%-]+|\[[\da-f:.]+\])(?::\d*)?$/i;

/** Reads on until something ends the connection. */
export function meaningOf(bytes: string): Meaning {
  const [reaches, gets]: [string[], [string, number][]] = [[], []];
  let rest = bytes;
  for (;;) {
    rest = skipEmptyLines(rest);
    if (rest === "") return { reaches, gets, end: "nothing" };
    const reading = readRequest(rest);
    const head = reading.is === "whole" ? reading.message : reading.head;
    if (!head) return { reaches, gets, end: reading.is === "part" ? "part" : "refused" };
    const meant = judge(head);
    const isHead = head.line.startsWith("HEAD ");
    if (meant === "refused") return { reaches, gets, end: "refused", head: isHead };
    // An answer of ours waits for no body: how it ends depends on what of it had come.
    if (typeof meant === "number" && (reading.is !== "whole" || expects(head))) {
      return { reaches, gets, end: "either" };
    }
    if (reading.is !== "whole") {
      return { reaches, gets, end: reading.is === "part" ? "part" : "refused", head: isHead };
    }
    const { message } = reading;
    const [method = ""] = message.line.split(" ");
    if (typeof meant === "number") gets.push([method, meant]);
    else {
      reaches.push(`${method} ${meant.target} ${message.body}`);
      gets.push([method, 200]);
    }
    if (!persists(message)) return { reaches, gets, end: "close" };
    rest = reading.rest;
  }
}

/** What the head asks for: something of the origin, something of us (a status), or nothing that we do. */
function judge(head: Head): { target: string } | 204 | 421 | "refused" {
  const [method = "", given = ""] = head.line.split(" ");
  const [host = ""] = valuesOf(head.fields, "host");
  const site = HOST.exec(host)?.[1];
  if (site === undefined) return "refused";
  const expected = valuesOf(head.fields, "expect");
  if (expected.length > 0 && expected.join().toLowerCase() !== "100-continue") return "refused";
  if (method === "TRACE" || method === "CONNECT") return "refused";
  if (method === "OPTIONS" && given === "*") return 204;
  const target = pathOf(given, host);
  if (target === undefined) return "refused";
  return site === "127.0.0.1" ? { target } : 421;
}

function pathOf(given: string, host: string): string | undefined {
  if (given.startsWith("/")) return given;
  const [, authority, rest = ""] = /^http:\/\/([^/?]+)(.*)$/i.exec(given) ?? [];
  if (authority?.toLowerCase() !== host.toLowerCase()) return undefined;
  return rest.startsWith("/") ? rest : `/${rest}`;
}

const expects = ({ line, fields }: Head) =>
  line.endsWith("1.1") && valuesOf(fields, "expect").length > 0;

/** RFC 9112, section 9.3. */
function persists({ line, fields }: Message): boolean {
  const options = optionsOf(fields);
  return !options.includes("close") && (line.endsWith("1.1") || options.includes("keep-alive"));
}

const optionsOf = (fields: readonly Field[]) =>
  valuesOf(fields, "connection").flatMap((v) => v.split(",").map((o) => o.trim().toLowerCase()));
