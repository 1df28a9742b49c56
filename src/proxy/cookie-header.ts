/** The Cookie header (RFC 6265, section 4.2.1) without one cookie. */
export interface CutCookie {
  /** The header's value without the cookie, otherwise unchanged; absent when nothing is left. */
  readonly rest?: string;
  /** The cookie's value, if it was there; the first of several. */
  readonly value?: string;
}

/** Cuts every cookie of that name out of the header's value; what others set stays byte for byte. */
export function cutCookie(header: string, name: string): CutCookie {
  const kept: string[] = [];
  let value: string | undefined;
  for (const pair of header.split(";")) {
    const trimmed = pair.trim();
    if (trimmed.startsWith(`${name}=`)) value ??= trimmed.slice(name.length + 1);
    else kept.push(pair);
  }
  if (value === undefined) return { rest: header };
  const rest = kept.join(";").replace(/^ /, "");
  return rest.trim() === "" ? { value } : { value, rest };
}

/** Whether a Set-Cookie value sets a cookie of that name. */
export function setsCookie(setCookie: string, name: string): boolean {
  return setCookie.split(/[=;]/, 1)[0]?.trim() === name;
}
