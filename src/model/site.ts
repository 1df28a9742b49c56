import type { ConsentRules } from "./consent.ts";
import type { NoticeRule } from "./notice.ts";
import type { Opening } from "./opening-hours.ts";
import type { PriorityTriggers } from "./priority.ts";

/** A web site behind the gateway. */
export interface Site {
  readonly name: string;
  /** Lower case, without port. The first is the one that is shown. */
  readonly hosts: readonly string[];
  /** `http://host:port` without path. */
  readonly origins: readonly string[];
  /** The firm whose agents serve the site. */
  readonly firm: string;
  /** ISO 3166-1 alpha-2; numbers without + are of this country. */
  readonly country: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Empty means always. */
  readonly hours: readonly Opening[];
  /** What the path starts with that belongs to Warmline, with both slashes: `/.warmline/`. */
  readonly reservedPath: string;
  /** Paths (prefixes) whose requests are never counted. */
  readonly excludedPaths: readonly string[];
  /** Networks of the site's own people, who are no visitors. */
  readonly staff?: readonly string[];
  /** How the site tells what its visitors allow; without it nothing is kept of them. */
  readonly consent?: ConsentRules;
  /** What is noticed of visitors, from where they go and what they send. */
  readonly notice?: readonly NoticeRule[];
  /** What raises visitors' priorities. */
  readonly priority?: PriorityTriggers;
  /** What it bears of one client; what is not said has no limit. */
  readonly limits?: SiteLimits;
  /** What of a query goes into the access log, besides the path. */
  readonly logged?: LoggedParameters;
  /** How its origins are asked, where that is not as usual. */
  readonly upstream?: UpstreamRules;
  /** How browsers are brought to HTTPS. */
  readonly https?: HttpsRules;
  /** `off`: the site is only proxied. */
  readonly engagement: "on" | "off";
}

export interface HttpsRules {
  /** Who comes by plain HTTP is sent to HTTPS, at this port. */
  readonly redirect: boolean;
  readonly port: number;
  /** For how long a browser shall know that there is nothing else (RFC 6797). */
  readonly hsts?: {
    /** ms */
    readonly maxAge: number;
    readonly includeSubDomains: boolean;
    readonly preload: boolean;
  };
}

/** Parameters of queries: those of which the value is logged, and those of which only that they are there. */
export interface LoggedParameters {
  readonly values: readonly string[];
  readonly presence: readonly string[];
}

/** Which of several origins is asked: each in turn, the one with the fewest requests under way, or the same one for each client. */
export type Balance = "round_robin" | "least_connections" | "client_hash";

/** How a site's origins are asked. */
export interface UpstreamRules {
  readonly balance: Balance;
  /** At most so many requests are sent a second time, percent. */
  readonly repeats: number;
  /** What is not said is as the edge has it. */
  readonly timeouts: {
    readonly connectMs?: number;
    readonly firstByteMs?: number;
    readonly betweenBytesMs?: number;
    readonly idleMs?: number;
  };
  readonly health?: HealthChecks;
}

/** What each origin is asked for now and then. */
export interface HealthChecks {
  readonly path: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** So many good answers one after the other, and it is asked by visitors again. */
  readonly healthy: number;
  /** So many bad ones, and it is left out. */
  readonly unhealthy: number;
}

/** What a site bears of one client, in each edge worker. */
export interface SiteLimits {
  /** Of a request, bytes. */
  readonly body?: number;
  readonly rate?: { readonly perSecond: number; readonly burst: number };
}
