/** What the clock on the wall says where a site is. */
export interface LocalTime {
  /** 1 Monday to 7 Sunday (ISO 8601). */
  readonly weekday: number;
  /** 0 to 23. */
  readonly hour: number;
  /** Since midnight. */
  readonly minuteOfDay: number;
}

/** As operators and visitors read them, Monday first. */
export const WEEKDAYS: readonly string[] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** All offsets from UTC are multiples of 15 minutes, and change on them. */
const QUARTER_MS = 900_000;
const MINUTE_MS = 60_000;

/** Local time of one zone. Intl is too slow to be asked on every hit, so it is asked once in a quarter of an hour. */
export function localClock(timeZone: string): (nowMs: number) => LocalTime {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  let quarter = Number.NaN;
  let weekday = 1;
  let firstMinute = 0;
  return (nowMs) => {
    const now = Math.floor(nowMs / QUARTER_MS);
    if (now !== quarter) {
      const parts = new Map(format.formatToParts(now * QUARTER_MS).map((p) => [p.type, p.value]));
      weekday = WEEKDAYS.indexOf(parts.get("weekday") ?? "") + 1;
      firstMinute = Number(parts.get("hour")) * 60 + Number(parts.get("minute"));
      quarter = now;
    }
    const minuteOfDay = firstMinute + Math.floor((nowMs - quarter * QUARTER_MS) / MINUTE_MS);
    return { weekday, hour: Math.floor(minuteOfDay / 60), minuteOfDay };
  };
}
