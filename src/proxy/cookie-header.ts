/** The Cookie header (RFC 6265, section 4.2.1) without our cookie, and how our cookie is set. */
export interface CutCookie {
  /** The header's value without the cookie, otherwise unchanged; absent when nothing is left. */
  readonly rest?: string;
  /** The cookie's value, if it was there; the first of several. */
  readonly value?: string;
}

/**
 * The cookie's name in the browser. Over https the prefix makes browsers refuse a cookie of that name from elsewhere
 * (draft-ietf-httpbis-rfc6265bis, section 4.1.3.2).
 */
export function wireName(name: string, secure: boolean): string {
  return secure ? `__Host-${name}` : name;
}

/**
 * Cuts our cookie out of the header's value, with and without its prefix; what others set stays byte for byte.
 *
 * @param secure whether the request came by https: which of the two is believed
 */
export function cutCookie(header: string, name: string, secure = false): CutCookie {
  const believed = wireName(name, secure);
  const ours = new Set([name, wireName(name, true)]);
  const kept: string[] = [];
  let value: string | undefined;
  for (const pair of header.split(";")) {
    const [key = ""] = pair.split("=", 1);
    if (!ours.has(key.trim())) kept.push(pair);
    else if (key.trim() === believed && pair.includes("=")) {
      value ??= pair.slice(key.length + 1).trim();
    }
  }
  const rest = kept.length === header.split(";").length ? header : kept.join(";").replace(/^ /, "");
  return {
    ...(value !== undefined && { value }),
    ...(rest.trim() !== "" && { rest }),
  };
}

/** Whether a Set-Cookie value sets our cookie, with or without its prefix. */
export function setsCookie(setCookie: string, name: string): boolean {
  const key = setCookie.split(/[=;]/, 1)[0]?.trim();
  return key === name || key === wireName(name, true);
}

/** The Set-Cookie value for our cookie. */
export function setCookie(
  name: string,
  value: string,
  { lifetimeMs, secure }: { readonly lifetimeMs: number; readonly secure: boolean },
): string {
  const age = Math.floor(lifetimeMs / 1000);
  const attributes = `Path=/; Max-Age=${age}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
  return `${wireName(name, secure)}=${value}; ${attributes}`;
}
