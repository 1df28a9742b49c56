import type { RequestHead } from "./http1/request-head.ts";

/** A page that a browser had made ready ahead, and that a visitor looks at now. */
export interface Opened {
  /** Path and query. */
  readonly page: string;
  readonly referrer: string | undefined;
}

const MOST = 2048;

/**
 * What the loader says of a page that was prerendered, when it is shown: `POST opened?page=…&from=…` under the reserved path.
 * Undefined for any other request, and for one that no page of the site itself sends.
 */
export function openedBy(
  head: RequestHead,
  request: { readonly method: string; readonly target: string; readonly reservedPath: string },
): Opened | undefined {
  const { method, target, reservedPath } = request;
  if (method !== "POST" || !target.startsWith(`${reservedPath}opened?`)) return undefined;
  const from = head.get("sec-fetch-site");
  if (from !== undefined && from !== "same-origin") return undefined;
  const said = new URLSearchParams(target.slice(target.indexOf("?") + 1));
  const page = said.get("page") ?? "";
  if (!/^\/(?!\/)[!-~]*$/.test(page) || page.length > MOST) return undefined;
  if (page.startsWith(reservedPath)) return undefined;
  return { page, referrer: said.get("from")?.slice(0, MOST) || undefined };
}
