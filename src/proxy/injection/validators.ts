const SUFFIX = "-wl";

/** The ETag of a page that we appended to: weak, and ours (RFC 9110, section 8.8.1). */
export function ourTag(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, `W/"$1${SUFFIX}"`);
}

/** If-None-Match as the origin knows it. */
export function originTags(ifNoneMatch: string): string {
  return ifNoneMatch.replaceAll(`${SUFFIX}"`, '"');
}
