/** What a browser may say to the exchange over the relay: register as itself, and take or end calls. */

const MOST_BYTES = 16 * 1024;
const REQUESTS = new Set(["REGISTER", "ACK", "BYE", "UPDATE", "INFO"]);

/**
 * Whether a message from a browser goes on to the exchange. It may only speak as the user of its own line: else anybody could try
 * passwords of other telephones from here, or call. White space within a URI and folded lines are refused with the rest.
 *
 * @param text one SIP message (RFC 7118, section 5: one for each WebSocket message)
 */
export function mayPass(text: string, user: string): boolean {
  if (text.length > MOST_BYTES) return false;
  // Keep-alive (RFC 5626, section 3.5.1).
  if (/^[\r\n]*$/.test(text)) return true;
  const [head = ""] = text.split("\r\n\r\n", 1);
  const [first = "", ...fields] = head.split("\r\n");
  if (/[\r\n\0]/.test(first) || fields.some((field) => /^[ \t]|[\r\n\0]/.test(field))) return false;
  if (first.startsWith("SIP/2.0 ")) return true;
  const [, method = ""] = /^([A-Z]+) sips?:[^\s]+ SIP\/2\.0$/.exec(first) ?? [];
  if (!REQUESTS.has(method)) return false;
  const users = (names: RegExp) =>
    fields
      .filter((field) => names.test(field))
      .map((field) => /^[^:]+:\s*(?:"[^"<>]*"\s*)?<sips?:([^@:;<>\s]+)@/.exec(field)?.[1]);
  const own = (names: RegExp) => users(names).join("\n") === user;
  return own(/^(from|f)\s*:/i) && (method !== "REGISTER" || own(/^(to|t)\s*:/i));
}

/** Whether the exchange tells the browser with this that it is registered. */
export function tellsRegistered(text: string): boolean {
  return text.startsWith("SIP/2.0 200 ") && /^CSeq\s*:\s*\d+\s+REGISTER\s*$/im.test(text);
}
