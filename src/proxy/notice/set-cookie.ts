import type { AnswerHead } from "../http1/answer-head.ts";
import { SET_COOKIE } from "../http1/names.ts";
import { decoded } from "../decoded.ts";

/** The value of a cookie that the answer sets and does not end with the same words (RFC 6265, section 4.1). */
export function cookieSet(head: AnswerHead, name: string, nowMs: number): string | undefined {
  for (let i = 0; i < head.count; i++) {
    if (head.ids[i] !== SET_COOKIE) continue;
    const [pair = "", ...attributes] = head.valueAt(i).split(";");
    const equals = pair.indexOf("=");
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
    const value = pair
      .slice(equals + 1)
      .trim()
      .replace(/^"(.*)"$/, "$1");
    if (value !== "" && !isEnded(attributes, nowMs)) return decoded(value);
  }
  return undefined;
}

/** Max-Age counts before Expires (RFC 6265, section 5.3). */
function isEnded(attributes: readonly string[], nowMs: number): boolean {
  let ended = false;
  for (const attribute of attributes) {
    const [name = "", value = ""] = attribute.split("=", 2).map((part) => part.trim());
    switch (name.toLowerCase()) {
      case "max-age":
        return Number(value) <= 0;
      case "expires":
        ended = Date.parse(value) <= nowMs;
    }
  }
  return ended;
}
