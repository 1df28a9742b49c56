/** What the clock on the wall says where the site is. */
export interface LocalTime {
  /** 0 to 23. */
  readonly hour: number;
  /** 1 Monday to 7 Sunday (ISO 8601). */
  readonly weekday: number;
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/** All offsets from UTC are multiples of 15 minutes, and change on them. */
const QUARTER_MS = 900_000;

/** Local time of one zone, remembered for a quarter of an hour: Intl is too slow to ask on every hit. */
export function localClock(timeZone: string): (nowMs: number) => LocalTime {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    hourCycle: "h23",
  });
  let quarter = Number.NaN;
  let local: LocalTime = { hour: 0, weekday: 1 };
  return (nowMs) => {
    const now = Math.floor(nowMs / QUARTER_MS);
    if (now === quarter) return local;
    quarter = now;
    const parts = new Map(format.formatToParts(nowMs).map((p) => [p.type, p.value]));
    local = {
      hour: Number(parts.get("hour")),
      weekday: WEEKDAYS.indexOf(parts.get("weekday") ?? "") + 1,
    };
    return local;
  };
}
