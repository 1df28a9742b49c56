import type { LocalTime } from "./local-time.ts";

/** Opening hours of one weekday, in the site's time zone: minutes since midnight, `from` inclusive, `to` exclusive. */
export interface Opening {
  /** 1 Monday to 7 Sunday (ISO 8601). */
  readonly weekday: number;
  readonly fromMinute: number;
  readonly toMinute: number;
}

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
  /** `off`: the site is only proxied. */
  readonly engagement: "on" | "off";
}

/** Whether that moment of the site's own time is within the opening hours. */
export function isOpen(hours: readonly Opening[], { weekday, minuteOfDay }: LocalTime): boolean {
  return (
    hours.length === 0 ||
    hours.some(
      (o) => o.weekday === weekday && minuteOfDay >= o.fromMinute && minuteOfDay < o.toMinute,
    )
  );
}
