import type { Answer } from "../answer.ts";
import { setsCookie } from "../cookie-header.ts";
import type { Exchange } from "../exchange.ts";
import { latin1Of } from "../http1/latin1.ts";
import {
  CONNECTION,
  CONTENT_LENGTH,
  FORWARDING,
  ONE_HOP,
  SET_COOKIE,
  UPGRADE,
} from "../http1/names.ts";
import { EDGE_HEADER_PREFIX } from "../link/messages.ts";
import { namedByConnection } from "./route.ts";

/**
 * Leaves out what was meant for us only, what only we may say (our cookie, our headers), and a length that 204 must not have
 * (RFC 9110, section 8.6).
 */
export function clean(x: Exchange, { head, edit }: Answer): void {
  const named = namedByConnection(head);
  // It says of our connection what it said of the origin's.
  const stays = !x.close && x.minor === 1 && head.is(CONNECTION, "keep-alive");
  const { name } = x.edge.options.cookie;
  for (let i = 0; i < head.count; i++) {
    const id = head.ids[i] as number;
    const goes =
      (id === CONNECTION && !stays) ||
      id === UPGRADE ||
      id === ONE_HOP ||
      (id === FORWARDING && isOurs(head.bytes, head.nameStart[i] as number)) ||
      (id === CONTENT_LENGTH && head.status === 204) ||
      (id === SET_COOKIE && setsCookie(head.valueAt(i), name));
    if (goes || (named !== undefined && named.some((n) => head.isNamed(i, n)))) {
      edit.cutField(head, i);
    }
  }
}

const isOurs = (bytes: Buffer, start: number) =>
  latin1Of(bytes, start, start + EDGE_HEADER_PREFIX.length).toLowerCase() === EDGE_HEADER_PREFIX;
