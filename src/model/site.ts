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
  /** How the site tells what its visitors allow; without it they allow all, unless their browsers say no. */
  readonly consent?: ConsentRules;
  /** What is noticed of visitors, from where they go and what they send. */
  readonly notice?: readonly NoticeRule[];
  /** What raises visitors' priorities. */
  readonly priority?: PriorityTriggers;
  /** `off`: the site is only proxied. */
  readonly engagement: "on" | "off";
}
