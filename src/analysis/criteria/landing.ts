import type { Session } from "../../model/session.ts";

/** What advertisers' systems add to a URL when somebody clicks: Google, Microsoft, Meta, TikTok, X, LinkedIn, Yandex. */
export const CLICK_IDS = [
  "gclid",
  "gbraid",
  "wbraid",
  "dclid",
  "msclkid",
  "fbclid",
  "ttclid",
  "twclid",
  "li_fat_id",
  "yclid",
];

/** The page by which the visit began; empty before the first. */
export function landingOf(session: Session): string {
  return session.landing ?? session.trail[0]?.url ?? "";
}

/** A parameter of a URL's query, decoded; empty without one. */
export function parameterOf(url: string, name: string): string {
  for (let at = url.indexOf("?"); at !== -1; at = url.indexOf("&", at + 1)) {
    if (!url.startsWith(name, at + 1) || url[at + 1 + name.length] !== "=") continue;
    const from = at + 2 + name.length;
    const end = url.slice(from).search(/[&#]/);
    return decoded(end === -1 ? url.slice(from) : url.slice(from, from + end));
  }
  return "";
}

/** Whether the visitor came by an advertisement that counts its clicks. */
export function isFromAd(url: string): boolean {
  return url.includes("?") && CLICK_IDS.some((name) => parameterOf(url, name) !== "");
}

/** The host of a URL, without `www.`; empty when there is none. */
export function hostOf(url: string): string {
  const [, host = ""] = /^https?:\/\/(?:[^/?#@]*@)?(?:www\.)?([^/?#:]+)/i.exec(url) ?? [];
  return host.toLowerCase();
}

function decoded(text: string): string {
  if (!/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
