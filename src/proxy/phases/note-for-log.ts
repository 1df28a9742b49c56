import { originOf } from "../access.ts";
import type { Asked, Exchange } from "../exchange.ts";
import { Http2Wire } from "../http2/http2-wire.ts";

const MOST_AGENT_CHARACTERS = 512;

/** Keeps what the combined format of the access log says of a request besides, when that is written. */
export function noteForLog(x: Exchange, { head }: Asked): void {
  if (x.edge.options.combinedLog !== true) return;
  const referrer = originOf(head.get("referer") ?? "");
  const agent = x.connection.known.agentOf(head).slice(0, MOST_AGENT_CHARACTERS);
  const http2 = x.connection.wire instanceof Http2Wire;
  x.logged = {
    protocol: http2 ? "HTTP/2.0" : `HTTP/1.${x.minor}`,
    ...(referrer !== undefined && { referrer }),
    ...(agent !== "" && { agent }),
  };
}
