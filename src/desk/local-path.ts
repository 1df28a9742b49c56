/**
 * Whether the text is a path of the site itself, safe to redirect to: it starts with exactly one slash (two would name
 * another host), and has no backslash (which browsers read as a slash), no space and no control character.
 */
export function isLocalPath(text: string): boolean {
  return text.length <= 2_048 && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text);
}

/** Whether the path lies under the part of the site that belongs to Warmline. */
export function isReserved(path: string, reservedPath: string): boolean {
  const { pathname } = new URL(path, "http://site.invalid");
  return `${pathname}/`.startsWith(reservedPath);
}
