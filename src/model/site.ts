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

/** Whether `nowMs` is within the opening hours. */
export function isOpen(hours: readonly Opening[], timeZone: string, nowMs: number): boolean {
  if (hours.length === 0) return true;
  const { weekday, minute } = localTime(timeZone, nowMs);
  return hours.some((o) => o.weekday === weekday && minute >= o.fromMinute && minute < o.toMinute);
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const formats = new Map<string, Intl.DateTimeFormat>();

function localTime(timeZone: string, nowMs: number): { weekday: number; minute: number } {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(nowMs).map((p) => [p.type, p.value]));
  return {
    weekday: WEEKDAYS.indexOf(parts.get("weekday") ?? "") + 1,
    minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")),
  };
}
