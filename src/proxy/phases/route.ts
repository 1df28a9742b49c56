import type { Asked, Exchange } from "../exchange.ts";
import type { Head } from "../http1/head.ts";
import type { RequestHead } from "../http1/request-head.ts";
import {
  CONNECTION,
  CONTENT_LENGTH,
  EXPECT,
  FORWARDING,
  ONE_HOP,
  TRANSFER_ENCODING,
  UPGRADE,
} from "../http1/names.ts";
import { answerItself } from "../own-page.ts";

/** Finds the site by its host; makes the fields fit for another server. True when there is no such site. */
export function route(x: Exchange, asked: Asked): boolean {
  const { head, edit } = asked;
  const found = x.edge.siteOf(x.connection.known.host);
  if (!found) {
    answerItself(x, 421);
    return true;
  }
  x.site = found.site;
  x.rules = found.rules;
  x.upstream = found.upstream;
  const named = namedByConnection(head);
  // It says of our connection what it said of the visitor's.
  const stays = head.is(CONNECTION, "keep-alive");
  for (let i = 0; i < head.count; i++) {
    const id = head.ids[i] as number;
    const goes =
      (id === CONNECTION && !stays) ||
      id === UPGRADE ||
      id === EXPECT ||
      id === ONE_HOP ||
      id === FORWARDING;
    if (goes || (named !== undefined && named.some((name) => head.isNamed(i, name)))) {
      edit.cutField(head, i);
    }
  }
  frame(asked);
  // Ours is a connection of HTTP/1.1, whatever the visitor's is.
  head.bytes[head.fieldsStart - 3] = 49;
  if (x.upgrade !== undefined) edit.add(`Connection: Upgrade\r\nUpgrade: ${x.upgrade}\r\n`);
  edit.add(x.connection.known.forwarding(() => forwarding(x)));
  return false;
}

/**
 * Writes the body's framing anew unless it is as everybody writes it: white space, zeros in front and capitals are allowed, and some
 * servers stumble over them.
 */
function frame({ head, edit }: Asked): void {
  const chunked = head.length < 0;
  const i = head.first[chunked ? TRANSFER_ENCODING : CONTENT_LENGTH] ?? -1;
  if (i < 0) return;
  const value = chunked ? "chunked" : String(head.length);
  const [start = 0, end = 0] = [head.valueStart[i], head.valueEnd[i]];
  const usual = start === (head.nameEnd[i] ?? 0) + 2 && head.lineEnd[i] === end + 2;
  if (usual && head.valueAt(i) === value) return;
  edit.cutField(head, i);
  edit.addField(chunked ? "Transfer-Encoding" : "Content-Length", value);
}

/** What the request says about the connection it came on (RFC 9110, section 7.6.1). */
export function readConnection(x: Exchange, { head }: Asked): void {
  const keeps = head.is(CONNECTION, "keep-alive");
  if (!keeps && head.lists(CONNECTION, "close")) x.close = true;
  else if (!keeps && x.minor === 0 && !head.lists(CONNECTION, "keep-alive")) x.close = true;
  if (!x.upload.done && x.minor === 1) {
    x.awaitsContinue = head.value(EXPECT)?.toLowerCase() === "100-continue";
  }
  if (!head.has(UPGRADE) || !isUpgrade(x, head)) return;
  x.upgrade = head.value(UPGRADE);
  // Nothing that was sent ahead is a request, whatever the answer.
  x.close = true;
}

/** An upgrade to h2c is an ordinary request for us (RFC 9110, section 7.8); one with a body would be ambiguous. */
function isUpgrade(x: Exchange, head: RequestHead): boolean {
  return (
    x.method === "GET" &&
    x.minor === 1 &&
    !x.upload.any &&
    head.lists(CONNECTION, "upgrade") &&
    !/\bh2c\b|\btls\b/i.test(head.get("upgrade") ?? "")
  );
}

/** These say where a message goes and where it ends: no sender may have them taken off. */
const STAY: ReadonlySet<string> = new Set([
  "content-length",
  "transfer-encoding",
  "host",
  "cookie",
]);

/** The fields that Connection names; nearly always none. */
export function namedByConnection(head: Head): string[] | undefined {
  if (!head.has(CONNECTION) || head.is(CONNECTION, "keep-alive")) return undefined;
  return (head.get("connection") ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "" && !STAY.has(name));
}

/** Who asked, and for what (RFC 7239, and what everybody used before it). */
function forwarding({ address, authority, secure }: Exchange): string {
  const quoted = address.includes(":") ? `"[${address}]"` : address;
  const proto = secure ? "https" : "http";
  const host = authority.replaceAll(/["\\]/g, "");
  return (
    `Forwarded: for=${quoted};host="${host}";proto=${proto}\r\nX-Forwarded-For: ${address}\r\n` +
    `X-Forwarded-Proto: ${proto}\r\nX-Forwarded-Host: ${authority}\r\n`
  );
}
