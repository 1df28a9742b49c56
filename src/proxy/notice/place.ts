import { decoded } from "../decoded.ts";
import { matches } from "../pattern.ts";

/** Where a rule applies. */
export interface Place {
  readonly method: string;
  /** As it was written, without method and query. */
  readonly path: string;
  /** The path's named parts, decoded; undefined when it is another path. */
  match(target: Target): ReadonlyMap<string, string> | undefined;
}

/** A request's target, taken apart once for all rules. */
export interface Target {
  readonly path: string;
  readonly segments: readonly string[];
  /** Parameters of the query, decoded; of several with one name the first. */
  query(): ReadonlyMap<string, string>;
}

interface Segment {
  readonly before: string;
  /** Absent where the segment is `before` and nothing else. */
  readonly name?: string;
  readonly after: string;
}

const PLACE = /^(?:([A-Z]+) )?(\/[^\s?#]*)(?:\?([^\s#]+))?$/;
const SEGMENT = /^([^{}*]*)(?:(\{[A-Za-z]\w*\}|\*)([^{}*]*))?$/;
/** A value at the end of a path is everything there is. */
const REST = "**";

/**
 * Reads where a rule applies: a method (GET, unless it is named), a path of literal segments, in each of which one `{name}` or `*` may stand for
 * something; `**` as the last one for anything; behind `?` the parameters that there must be, `*` in their values for anything.
 *
 * @throws {RangeError} saying what is wrong
 */
export function placeOf(text: string): Place {
  const [, method = "GET", path = "", query] = PLACE.exec(text) ?? [];
  if (path === "") {
    throw new RangeError(
      "write a path, with its method in front unless that is GET, as in POST /login",
    );
  }
  const parts = path.slice(1).split("/");
  const open = parts.at(-1) === REST;
  const segments = (open ? parts.slice(0, -1) : parts).map(segmentOf);
  const asked = query === undefined ? [] : pairsOf(query);
  return {
    method,
    path,
    match(target) {
      const { length } = target.segments;
      if (open ? length < segments.length : length !== segments.length) return undefined;
      const names = new Map<string, string>();
      for (let i = 0; i < segments.length; i++) {
        if (!fits(segments[i]!, target.segments[i]!, names)) return undefined;
      }
      const isThere = ([name, value]: readonly [string, string]) => {
        const given = target.query().get(name);
        return given !== undefined && matches(value, given);
      };
      return asked.every(isThere) ? names : undefined;
    },
  };
}

/** Names that the path of `placeOf(text)` gives. */
export function namesOf(text: string): readonly string[] {
  return [...text.matchAll(/\{([A-Za-z]\w*)\}/g)].map(([, name = ""]) => name);
}

export function targetOf(target: string): Target {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  let query: ReadonlyMap<string, string> | undefined;
  return {
    path,
    segments: path.slice(1).split("/"),
    query: () => (query ??= firstOf(mark < 0 ? [] : pairsOf(target.slice(mark + 1)))),
  };
}

/** The pairs of a query or of a form that was sent like one, decoded (https://url.spec.whatwg.org/#urlencoded-parsing). */
export function pairsOf(text: string): (readonly [string, string])[] {
  return text.split("&").map((pair) => {
    const equals = pair.indexOf("=");
    const [name, value] = equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
    return [decoded(name, true), decoded(value, true)] as const;
  });
}

/** Of several with one name the first. */
export function firstOf(
  pairs: readonly (readonly [string, string])[],
): ReadonlyMap<string, string> {
  return new Map(pairs.toReversed());
}

function segmentOf(text: string): Segment {
  const [found, before = "", name, after = ""] = SEGMENT.exec(text) ?? [];
  if (found === undefined) {
    throw new RangeError(
      `in ${text || "the path"} write one {name} or * at most, and ** only as the last part, as in /orders/{order}/thanks`,
    );
  }
  return { before, after, ...(name !== undefined && { name: name.replace(/^\{|\}$/g, "") }) };
}

function fits(
  { before, name, after }: Segment,
  given: string,
  names: Map<string, string>,
): boolean {
  if (name === undefined) return given === before;
  const length = given.length - before.length - after.length;
  if (length <= 0 || !given.startsWith(before) || !given.endsWith(after)) return false;
  if (name !== "*") names.set(name, decoded(given.slice(before.length, before.length + length)));
  return true;
}
