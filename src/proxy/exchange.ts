import type { Hit } from "../model/hit.ts";
import type { Noticed } from "../model/milestone.ts";
import type { Site } from "../model/site.ts";
import type { ConsentTier, VisitorFacts, VisitorHistory, VisitorRef } from "../model/visitor.ts";
import type { EdgeContext } from "./edge.ts";
import type { Held } from "./held-bytes.ts";
import type { HeadEdit } from "./http1/head-edit.ts";
import type { RequestHead } from "./http1/request-head.ts";
import type { PendingInvitation } from "./link/messages.ts";
import type { NotNavigation } from "./navigation.ts";
import type { Watch } from "./notice/watcher.ts";
import type { Opened } from "./opened.ts";
import type { AskedInLog } from "./ports.ts";
import type { SiteRules } from "./site-rules.ts";
import type { Upload } from "./upload.ts";
import type { Upstream } from "./upstream/upstream.ts";
import type { VisitorConnection } from "./visitor-connection.ts";

/** A request's head as the phases see it: valid until the last of them has returned. */
export interface Asked {
  readonly head: RequestHead;
  readonly edit: HeadEdit;
}

/** What a request's line says. */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** 1 for HTTP/1.1, 0 for HTTP/1.0. */
  readonly minor: number;
}

/** A head that is no request's. */
export const NO_REQUEST: RequestLine = { method: "", target: "", minor: 1 };

/** One request and its answer on their way through the phases. */
export class Exchange {
  readonly edge: EdgeContext;
  readonly connection: VisitorConnection;
  readonly startedMs: number;
  /** What the visitor's connection had written before. */
  readonly writtenBefore: number;
  readonly method: string;
  /** Path and query. */
  target: string;
  readonly minor: number;
  readonly upload: Upload;
  /** The protocol that the visitor asks to go on with. */
  upgrade: string | undefined = undefined;
  /** The visitor waits for 100 before it sends the body. */
  awaitsContinue = false;
  /** The connection ends with the answer. */
  close = false;
  site: Site | undefined = undefined;
  rules: SiteRules | undefined = undefined;
  upstream: Upstream | undefined = undefined;
  visitor: VisitorRef = NO_VISITOR;
  /** How much the visitor allows us to know. */
  consent: ConsentTier = "none";
  /** The visitor does not allow the cookie of ours any more that came with this request: its id. */
  withdrawn: string | undefined = undefined;
  /** What the cookie says; with a first one, what it will say. */
  history: VisitorHistory | undefined = undefined;
  /** What the engine knows better. */
  facts: VisitorFacts | undefined = undefined;
  /** The path as it may be written down, where it says more than where the visitor is. */
  shownPath: string | undefined = undefined;
  /** Rules of the site that the request has met. */
  watch: Watch | undefined = undefined;
  /** What has come of that. */
  noticed: Noticed | undefined = undefined;
  /** Our cookie is there and fresh enough to stay as it is. */
  cookieStays = false;
  /** The visitor opens a document of a site with engagement on, and is not a bot. */
  navigation = false;
  whyNoNavigation: NotNavigation | undefined = undefined;
  /** It tells of a page that was made ready ahead, and is looked at now. */
  opened: Opened | undefined = undefined;
  /** It counts, as what. */
  hit: Hit["kind"] | undefined = undefined;
  /** With a navigation: where it came from. */
  referrer: string | undefined = undefined;
  pending: PendingInvitation | undefined = undefined;
  /** The visitor's If-None-Match, when a validator of ours in it was turned back into the origin's. */
  validators: string | undefined = undefined;
  /** The answer is an event stream: nobody waits for its end. */
  endless = false;
  /** What is written down of it besides, in the combined format. */
  logged: AskedInLog | undefined = undefined;
  /** Status of the answer, 0 before there is one. */
  status = 0;

  constructor(edge: EdgeContext, connection: VisitorConnection, line: RequestLine, upload: Upload) {
    this.edge = edge;
    this.connection = connection;
    this.startedMs = edge.clock.nowMs();
    this.writtenBefore = connection.wire.bytesWritten;
    this.method = line.method;
    this.target = line.target;
    this.minor = line.minor;
    this.upload = upload;
  }

  /** What goes to the origin, head and as much of the body as has come. */
  get held(): Held {
    return this.connection.held;
  }

  /** Host and perhaps port, as the visitor asked for it. */
  get authority(): string {
    return this.connection.known.authority;
  }

  get address(): string {
    return this.connection.client.address;
  }

  /** Whether the visitor came by https. */
  get secure(): boolean {
    return this.connection.client.secure;
  }
}

/** The keys by which the engine means this visitor: whoever brings a cookie is meant by it alone, others may share the address. */
export function keysOf({ visitor }: Pick<Exchange, "visitor">): string[] {
  const { cookie, visitorId, addressKey } = visitor;
  if (visitorId === undefined) return [addressKey];
  return cookie === "returned" ? [visitorId] : [visitorId, addressKey];
}

const NO_VISITOR: VisitorRef = { cookie: "none", addressKey: "" };
