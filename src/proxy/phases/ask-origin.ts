import { type Exchange, keysOf } from "../exchange.ts";
import { valueOf, without, withField } from "../fields.ts";
import { isStrongTag, originTags } from "../injection/validators.ts";

const CONDITIONS = new Set(["if-none-match", "if-modified-since", "range", "if-range"]);

/** Makes the request ready for the origin: a pending invitation needs a whole page, our ETags are turned back. */
export function askOrigin(x: Exchange): void {
  if (!x.site || !x.navigation) return;
  x.pending = x.edge.link.pending(x.site.name, keysOf(x));
  if (x.pending) {
    x.fields = without(x.fields, (name) => CONDITIONS.has(name));
    return;
  }
  // By a date, the rest of a page could be put behind a part that we appended to or encoded anew.
  const ifRange = valueOf(x.fields, "if-range");
  if (ifRange !== undefined && !isStrongTag(ifRange)) {
    x.fields = without(x.fields, (name) => name === "range" || name === "if-range");
  }
  const tags = valueOf(x.fields, "if-none-match");
  if (tags === undefined || originTags(tags) === tags) return;
  x.validatorCut = true;
  x.fields = withField(x.fields, "If-None-Match", originTags(tags));
}
