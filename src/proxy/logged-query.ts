import type { LoggedParameters } from "../model/site.ts";

/** Values that are no secrets by their form: as campaigns are named, encoded as they came. */
const PLAIN = /^[\w.~%+*-]{1,100}$/;
const MOST = 10;

/** Makes what cuts out of a query the parameters that may be logged, in their order; undefined when none may ever be. */
export function loggedQuery({
  values,
  presence,
}: LoggedParameters): ((target: string) => string | undefined) | undefined {
  const [withValue, alone] = [new Set(values), new Set(presence)];
  if (withValue.size + alone.size === 0) return undefined;
  return (target) => {
    const query = target.indexOf("?");
    if (query < 0) return undefined;
    const kept: string[] = [];
    for (const pair of target.slice(query + 1).split("&")) {
      const equals = pair.indexOf("=");
      const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
      if (equals <= 0 || value === "" || kept.length === MOST) continue;
      if (withValue.has(name) && PLAIN.test(value)) kept.push(pair);
      else if (alone.has(name)) kept.push(`${name}=1`);
    }
    return kept.length === 0 ? undefined : kept.join("&");
  };
}
