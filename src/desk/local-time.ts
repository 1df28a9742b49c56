/** Dates and times as visitors write them, in the time zone of the site. */

/**
 * The moment that a clock in the zone shows `date` (`YYYY-MM-DD`) and `time` (`HH:MM`); undefined when there is no such
 * date or time. In the hour that is skipped in spring the moment is an hour later on the clock; of the hour that comes
 * twice in autumn it is the first.
 */
export function zonedTimeMs(date: string, time: string, timeZone: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !/^([01]\d|2[0-3]):[0-5]\d$/.test(time))
    return undefined;
  const wallMs = Date.parse(`${date}T${time}:00Z`);
  if (Number.isNaN(wallMs) || new Date(wallMs).toISOString().slice(0, 10) !== date)
    return undefined;
  // A zone's offset is between -12 and +14 hours, so the offsets a day before and after are those around any change.
  const candidates = [-1, 1].map((days) => wallMs - offsetMs(timeZone, wallMs + days * 86_400_000));
  const exact = candidates.filter((ms) => ms + offsetMs(timeZone, ms) === wallMs);
  return exact.length > 0 ? Math.min(...exact) : Math.max(...candidates);
}

/** How far the zone is ahead of UTC at that moment, ms. */
function offsetMs(timeZone: string, atMs: number): number {
  const parts = new Map(
    new Intl.DateTimeFormat("en-GB", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    })
      .formatToParts(atMs)
      .map((part) => [part.type, Number(part.value)]),
  );
  const field = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const wallMs = Date.UTC(
    field("year"),
    field("month") - 1,
    field("day"),
    field("hour"),
    field("minute"),
    field("second"),
  );
  return wallMs - Math.floor(atMs / 1_000) * 1_000;
}
