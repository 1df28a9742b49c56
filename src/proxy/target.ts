import type { Exchange } from "./exchange.ts";
import type { HeadEdit } from "./http1/head-edit.ts";
import type { RequestHead } from "./http1/request-head.ts";

const ABSOLUTE = /^https?:\/\/([^/?#@]+)([/?].*)?$/i;

/**
 * Makes the target the path and query that are asked for (RFC 9112, section 3.2). The absolute form is understood when it names the
 * same authority as Host; a target that two servers could take for different things is none: false.
 */
export function pathOnly(x: Exchange, head: RequestHead, edit: HeadEdit): boolean {
  if (head.isPath) return true;
  const { target } = x;
  const [, authority, rest = ""] = ABSOLUTE.exec(target) ?? [];
  if (authority === undefined || authority.toLowerCase() !== x.authority.toLowerCase())
    return false;
  x.target = rest.startsWith("/") ? rest : `/${rest}`;
  const from = head.targetStart;
  // One slash of `http://` stays when there is no other.
  const slash = target.indexOf("//") + 1;
  const path = target.length - rest.length;
  if (rest.startsWith("/")) edit.cut(from, from + path);
  else {
    edit.cut(from, from + slash);
    edit.cut(from + slash + 1, from + path);
  }
  return true;
}

/** What may stand in Host (RFC 9110, section 7.2): a name or an address, and perhaps a port. */
const AUTHORITY = /^([\w.~!$&'()*+;=%-]+|\[[\da-f:.]+\])(?::\d*)?$/i;

/** The name of the host that is asked for: lower case, without port. Empty when it is no name: origins make pages with it. */
export function hostOf(authority: string): string {
  return AUTHORITY.exec(authority)?.[1]?.toLowerCase() ?? "";
}
