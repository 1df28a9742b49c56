/**
 * ETags of pages that we appended to. Ours are weak (RFC 9110, section 8.8.1: the same to a reader, not byte for byte) and
 * say what the origin's was, strong or weak, so that it can be asked with its own.
 */

const STRONG = "-wl";
const WEAK = "-wlw";

const TAG = /(W\/)?"([\u0021\u0023-\u007e\u0080-\u00ff]*)"/g;
const ONE_TAG = /^(W\/)?"([\u0021\u0023-\u007e\u0080-\u00ff]*)"$/;

/** The ETag of the page with our addition; what is no ETag stays. */
export function ourTag(etag: string): string {
  return etag
    .trim()
    .replace(ONE_TAG, (_, weak, opaque: string) => `W/"${opaque}${weak ? WEAK : STRONG}"`);
}

/** Whether it is a strong ETag: never one of ours. */
export function isStrongTag(tag: string): boolean {
  return ONE_TAG.exec(tag.trim())?.[1] === undefined && ONE_TAG.test(tag.trim());
}

/** If-None-Match as the origin knows it; lists, `*` and the tags of others stay. */
export function originTags(header: string): string {
  return header.replace(TAG, (tag, weak, opaque: string) => {
    if (!weak) return tag;
    if (opaque.endsWith(WEAK)) return `W/"${opaque.slice(0, -WEAK.length)}"`;
    return opaque.endsWith(STRONG) ? `"${opaque.slice(0, -STRONG.length)}"` : tag;
  });
}

/**
 * The ETag of a 304 for a visitor who asked with `ifNoneMatch`: ours when the visitor's copy is one that we appended to.
 */
export function revalidatedTag(etag: string, ifNoneMatch: string): string {
  const ours = ourTag(etag);
  const asked = new Set([...ifNoneMatch.matchAll(TAG)].map(([tag]) => tag));
  // A 304 may say W/ where the copy's tag was strong, or the other way round (weak comparison).
  const other = ours.endsWith(`${WEAK}"`)
    ? ours.replace(/-wlw"$/, `${STRONG}"`)
    : ours.replace(/-wl"$/, `${WEAK}"`);
  return asked.has(ours) ? ours : asked.has(other) ? other : etag;
}
