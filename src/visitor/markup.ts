/** HTML as text, safe for any page and any charset. */

const SPECIAL: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Text for use between tags and in double-quoted attribute values. The result is printable ASCII only, so that it reads
 * the same in a page of any charset; control characters that HTML forbids become U+FFFD.
 */
export function escaped(text: string): string {
  let result = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (SPECIAL[character] !== undefined) result += SPECIAL[character];
    else if (code === 9 || code === 10) result += character;
    else if (code < 32 || (code >= 127 && code < 160) || (code >= 0xd800 && code < 0xe000))
      result += "&#xfffd;";
    else if (code > 126) result += `&#${code};`;
    else result += character;
  }
  return result;
}

/** Text with its line breaks, as paragraphs. */
export function paragraphs(text: string): string {
  return text
    .split(/\n{2,}/)
    .map((part) => `<p>${escaped(part.trim()).replaceAll("\n", "<br>")}</p>`)
    .join("");
}

/**
 * A path of this site, or `/`: other schemes, other hosts (`//`, `/\`) and control characters, which browsers drop, never
 * get into a link.
 */
export function localPath(path: string | undefined): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this looks for
  return path !== undefined && /^\/(?![/\\])[^\\\u0000-\u001f\u007f]*$/.test(path) ? path : "/";
}
