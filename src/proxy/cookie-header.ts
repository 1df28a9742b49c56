/** Where our cookie stands in the value of a Cookie field (RFC 6265, section 4.2.1). */
export interface OwnCookie {
  /** Its value, if it was there; the first of several. */
  readonly value?: string;
  /** What to leave out of the field's value: pairs of positions. Everything else stays byte for byte. */
  readonly cuts: readonly number[];
  /** Nothing else is in the field: it is left out altogether. */
  readonly alone: boolean;
}

/**
 * The cookie's name in the browser. Over https the prefix makes browsers refuse a cookie of that name from elsewhere
 * (draft-ietf-httpbis-rfc6265bis, section 4.1.3.2).
 */
export function wireName(name: string, secure: boolean): string {
  return secure ? `__Host-${name}` : name;
}

const NOTHING: OwnCookie = { cuts: [], alone: false };

/**
 * Finds our cookie, with and without its prefix, in a Cookie field's value.
 *
 * @param secure whether the request came by https: which of the two is believed
 */
export function findCookie(header: string, name: string, secure: boolean): OwnCookie {
  if (!header.includes(name)) return NOTHING;
  const prefixed = wireName(name, true);
  const believed = wireName(name, secure);
  const cuts: number[] = [];
  let value: string | undefined;
  let others = false;
  for (let from = 0; from <= header.length;) {
    const semicolon = header.indexOf(";", from);
    const to = semicolon < 0 ? header.length : semicolon;
    const pair = header.slice(from, to).trim();
    const equals = pair.indexOf("=");
    const key = (equals < 0 ? pair : pair.slice(0, equals)).trim();
    if (key === name || key === prefixed) {
      if (key === believed && equals >= 0) value ??= pair.slice(equals + 1).trim();
      // It goes with the semicolon in front of it; with nothing kept there, with the one behind it and the space after that.
      if (others) cuts.push(from - 1, to);
      else {
        const behind = to + (header.startsWith(" ", to + 1) ? 2 : 1);
        cuts.push(Math.max(from, cuts.at(-1) ?? 0), Math.min(header.length, behind));
      }
    } else if (pair !== "") others = true;
    from = to + 1;
  }
  if (cuts.length === 0) return NOTHING;
  return { cuts, alone: !others, ...(value !== undefined && { value }) };
}

/** All cookies of a Cookie field's value; of several with one name the first, which is the more particular one. */
export function cookiesOf(header: string): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals < 0) continue;
    const name = pair.slice(0, equals).trim();
    const value = pair.slice(equals + 1).trim();
    if (!cookies.has(name)) cookies.set(name, value.replace(/^"(.*)"$/, "$1"));
  }
  return cookies;
}

/** Whether a Set-Cookie value sets our cookie, with or without its prefix. */
export function setsCookie(setCookie: string, name: string): boolean {
  const key = setCookie.split(/[=;]/, 1)[0]?.trim();
  return key === name || key === wireName(name, true);
}

/**
 * The Set-Cookie value for our cookie. Without a lifetime it ends when the browser does; with one of 0 it ends now
 * (RFC 6265, section 4.1.2.2).
 */
export function setCookie(
  name: string,
  value: string,
  { lifetimeMs, secure }: { readonly lifetimeMs: number | undefined; readonly secure: boolean },
): string {
  const age = lifetimeMs === undefined ? "" : `Max-Age=${Math.floor(lifetimeMs / 1000)}; `;
  const attributes = `Path=/; ${age}HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
  return `${wireName(name, secure)}=${value}; ${attributes}`;
}
