import type { IncomingMessage } from "node:http";

const ABSOLUTE = /^https?:\/\/([^/?#@]+)([/?].*)?$/i;

/**
 * The path and query that a request asks for (RFC 9112, section 3.2). The absolute form is understood when it names the same
 * authority as Host; a target that two servers could take for different things is none.
 */
export function pathOf({ url = "", headers }: Pick<IncomingMessage, "url" | "headers">) {
  if (url.includes("#")) return undefined;
  if (url.startsWith("/")) return url;
  const [, authority, rest = "/"] = ABSOLUTE.exec(url) ?? [];
  if (authority === undefined || authority.toLowerCase() !== headers.host?.toLowerCase()) {
    return undefined;
  }
  return rest.startsWith("?") ? `/${rest}` : rest;
}

/** The name of the host that is asked for: lower case, without port. */
export function hostOf({ headers }: Pick<IncomingMessage, "headers">): string {
  return (headers.host ?? "").toLowerCase().replace(/:\d*$/, "");
}
