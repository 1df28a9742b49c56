/** What the edge needs from outside; `main.ts` provides it. */
import type { Device } from "../model/device.ts";
import type { Hit } from "../model/hit.ts";
import type { NoticedInLog } from "../model/milestone.ts";
import type { ConsentTier, VisitorRef } from "../model/visitor.ts";

import type { Full } from "./admission.ts";
import type { Noise } from "./navigation.ts";

/** Counters with a bounded set of labels: sites come from the configuration, reasons from the code. */
export interface EdgeMetrics {
  /** Without a duration: an event stream or a tunnel. */
  request(site: string, method: string, status: number, durationSeconds: number | undefined): void;
  /** @param origin its place in the configuration, or `engine` */
  upstreamError(
    site: string,
    origin: string,
    kind: "connect" | "timeout" | "broken" | "busy",
  ): void;
  /** A request without effect was sent a second time, or was not because too many were. */
  upstreamRepeat(site: string, done: boolean): void;
  /** A client was refused what is more than one may have, or than all together. */
  limited(
    site: string,
    reason: "rate" | "body" | "connections" | "slow_head" | "slow_body" | Full,
  ): void;
  /** Where the figures of all origins come from, when somebody asks for them. */
  origins(figures: () => Iterable<OriginFigures>): void;
  injected(site: string): void;
  injectionSkipped(site: string, reason: string): void;
  hit(site: string): void;
  /** What would have been a page or a download is nobody's visit. */
  noise(site: string, reason: Noise): void;
  hitsDropped(count: number): void;
  cookieRejected(reason: string): void;
  /** A consent cookie that is not as its manager writes it; it counts as a refusal. */
  consentUnreadable(site: string): void;
  /** A rule of the site has noticed something. */
  noticed(site: string, what: "purchase" | "event" | "identity"): void;
  linkUp(up: boolean): void;
  openConnections(change: 1 | -1): void;
  tlsHandshake(version: string, resumed: boolean): void;
  tlsHandshakeFailed(reason: string): void;
  /** A connection of HTTP/2 was cut. */
  http2Abused(reason: string): void;
}

/** What is known of one origin of a site. */
export interface OriginFigures {
  readonly site: string;
  /** Its place in the configuration, from 0. */
  readonly origin: string;
  /** Whether it is asked as its turn comes. */
  readonly up: boolean;
  /** Requests under way. */
  readonly running: number;
  /** Requests since the figures were asked for last. */
  readonly asked: number;
}

/** One line of the access log; already redacted (no query string, address shortened). */
export interface AccessRecord {
  /** When the request came. */
  readonly atMs: number;
  readonly site: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly bytes: number;
  readonly durationMs: number;
  readonly address: string;
  /** For the combined format only. */
  readonly asked?: AskedInLog;
  /** Of a request that counts: what criteria can be tried on afterwards. */
  readonly hit?: AccessHit;
}

/** What the combined format says of a request besides. */
export interface AskedInLog {
  readonly protocol: string;
  /** Scheme and host of the page that named this one. */
  readonly referrer?: string;
  /** User-Agent as it came, cut short. */
  readonly agent?: string;
}

/** What the access log says of a hit; nothing by which a visitor could be found. */
export interface AccessHit {
  readonly kind: Hit["kind"];
  readonly consent: ConsentTier;
  /** Whether the cookie came back, or is on its way. A refuser has none. */
  readonly cookie: VisitorRef["cookie"];
  /** The same for all hits of one cookie; the cookie cannot be told from it. Absent for refusers: nothing links their requests. */
  readonly visitor?: string;
  /** The language that the browser asks for first. */
  readonly language?: string;
  /** Scheme and host of the page where the visitor came from. */
  readonly referrer?: string;
  readonly device?: Device;
  /** Of a page's query, what the site's criteria ask for; as it came. */
  readonly query?: string;
  readonly noticed?: NoticedInLog;
}
