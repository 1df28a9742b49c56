import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Site } from "../model/site.ts";
import type { VisitorHistory, VisitorRef } from "../model/visitor.ts";
import type { EdgeContext } from "./edge.ts";
import type { Fields } from "./fields.ts";
import type { PendingInvitation } from "./link/messages.ts";
import type { Upstream } from "./upstream/upstream.ts";

/** One request and its answer on their way through the phases. */
export interface Exchange {
  readonly edge: EdgeContext;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly startedMs: number;
  readonly address: string;
  /** Lower case, without port. */
  readonly host: string;
  site: Site | undefined;
  upstream: Upstream | undefined;
  /** What goes to the origin. */
  fields: Fields;
  visitor: VisitorRef;
  history: VisitorHistory | undefined;
  /** The visitor opens a document of a site with engagement on, and is not a bot. */
  navigation: boolean;
  pending: PendingInvitation | undefined;
  /** A validator of ours was turned back into the origin's. */
  validatorCut: boolean;
  /** The answer is an event stream: nobody waits for its end. */
  endless: boolean;
}

/** The head of an origin's answer, as it will be sent. */
export interface Answer {
  status: number;
  reason: string;
  fields: Fields;
  /** What the body goes through before it is sent. */
  body: Duplex[];
}

/** The keys by which the engine means this visitor: whoever brings a cookie is meant by it alone, others may share the address. */
export function keysOf({ visitor }: Exchange): string[] {
  const { cookie, visitorId, addressKey } = visitor;
  if (visitorId === undefined) return [addressKey];
  return cookie === "returned" ? [visitorId] : [visitorId, addressKey];
}
