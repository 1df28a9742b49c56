import { contentLength, LONGEST_MESSAGE } from "./message.ts";

interface Read {
  readonly messages: readonly string[];
  /** Two line ends between messages: the other end asks whether we are there (RFC 5626, section 4.4.1). */
  readonly ping: boolean;
  /** It cannot be told where the next message begins. */
  readonly broken: boolean;
}

/** Divides a stream into messages, by their Content-Length, which must be there (RFC 3261, section 18.3). */
export function createFraming(): { add(text: string): Read } {
  let rest = "";
  return {
    add(text) {
      rest += text;
      const messages: string[] = [];
      let ping = false;
      for (;;) {
        const [between = ""] = /^(?:\r\n)*/.exec(rest) ?? [];
        if (between.length >= 4) ping = true;
        // A single line end may be the first half of two.
        if (between.length > 0 && between.length < rest.length) rest = rest.slice(between.length);
        else if (between.length >= 4) rest = "";
        const end = rest.indexOf("\r\n\r\n");
        if (end < 0 || rest.startsWith("\r\n")) break;
        const length = contentLength(lengthsIn(rest.slice(0, end)));
        if (length === undefined || end + 4 + length > LONGEST_MESSAGE) {
          return { messages, ping, broken: true };
        }
        if (rest.length < end + 4 + length) break;
        messages.push(rest.slice(0, end + 4 + length));
        rest = rest.slice(end + 4 + length);
      }
      return { messages, ping, broken: rest.length > LONGEST_MESSAGE };
    },
  };
}

function lengthsIn(head: string): { value: string }[] {
  const found = head.matchAll(/\r\n(?:content-length|l)[ \t]*:[ \t]*([^\r\n]*?)[ \t]*(?=\r\n|$)/gi);
  return Array.from(found, ([, value = ""]) => ({ value }));
}
