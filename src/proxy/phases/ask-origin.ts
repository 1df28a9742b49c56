import { type Asked, type Exchange, keysOf } from "../exchange.ts";
import { isStrongTag, originTags } from "../injection/validators.ts";

/**
 * Makes the request ready for the origin: a pending invitation needs a whole page, our ETags are turned back, and of the codings
 * that the visitor takes only that one is asked for in which a page need not be taken apart.
 */
export function askOrigin(x: Exchange, { head, edit }: Asked): void {
  if (!x.site || !x.navigation) return;
  if (x.connection.known.takesGzipToo(head)) {
    edit.cutNamed(head, "accept-encoding");
    edit.addField("Accept-Encoding", "gzip");
  }
  x.pending = x.edge.link.pending(x.site.name, keysOf(x));
  if (x.pending) {
    for (const name of ["if-none-match", "if-modified-since", "range", "if-range"]) {
      edit.cutNamed(head, name);
    }
    return;
  }
  // By a date, the rest of a page could be put behind a part that we appended to or encoded anew.
  const ifRange = head.get("if-range");
  if (ifRange !== undefined && !isStrongTag(ifRange)) {
    edit.cutNamed(head, "range");
    edit.cutNamed(head, "if-range");
  }
  const tags = head.get("if-none-match");
  if (tags === undefined || originTags(tags) === tags) return;
  x.validators = tags;
  edit.cutNamed(head, "if-none-match");
  edit.addField("If-None-Match", originTags(tags));
}
