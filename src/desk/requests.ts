/** What every request to the desk's server must keep to: where it comes from, and who sends it. */
import type { IncomingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";

const LOGIN_COOKIE = "warmline_desk";

/**
 * Whether the request comes from a page of this server (or from a program that says so): its `Origin` names the host it
 * was sent to. Browsers always send it with POST and with WebSockets, and no page can forge it.
 */
export function isSameOrigin(headers: IncomingHttpHeaders): boolean {
  const { origin, host } = headers;
  if (origin === undefined || host === undefined) return false;
  const url = URL.parse(origin);
  return url !== null && /^https?:$/.test(url.protocol) && url.host === host.toLowerCase();
}

/** Answers a request for another protocol with an error. @param status code and reason (RFC 9112, section 4) */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** The value of the log-in cookie in a `Cookie` header. */
export function loginToken(cookieHeader: string | undefined): string | undefined {
  for (const pair of (cookieHeader ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === LOGIN_COOKIE) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** The cookie to set. With an `https` origin it is `Secure`. */
export function loginCookie(token: string, lifetimeMs: number, origin: string | undefined): string {
  const secure = origin?.startsWith("https:") ? "; Secure" : "";
  const age = Math.floor(lifetimeMs / 1_000);
  return `${LOGIN_COOKIE}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}${secure}`;
}

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};
