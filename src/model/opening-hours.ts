import { type LocalTime, WEEKDAYS } from "./local-time.ts";

/** Hours of one weekday: minutes since midnight, `from` inclusive, `to` exclusive. */
export interface Opening {
  /** 1 Monday to 7 Sunday (ISO 8601). */
  readonly weekday: number;
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** Whether that moment of a local time is within the hours; without any, it always is. */
export function isOpen(hours: readonly Opening[], { weekday, minuteOfDay }: LocalTime): boolean {
  return (
    hours.length === 0 ||
    hours.some(
      (o) => o.weekday === weekday && minuteOfDay >= o.fromMinute && minuteOfDay < o.toMinute,
    )
  );
}

/** Hours in words: `Mon-Fri 08:00-18:00, Sat 10:00-14:00 (Europe/Berlin)`. Empty when always open. */
export function hoursInWords(hours: readonly Opening[], where: string): string {
  const runs: { times: string; from: number; to: number }[] = [];
  for (const opening of hours.toSorted((a, b) => a.weekday - b.weekday)) {
    const times = `${clock(opening.fromMinute)}-${clock(opening.toMinute)}`;
    const run = runs.find((r) => r.times === times && r.to === opening.weekday - 1);
    if (run) run.to = opening.weekday;
    else runs.push({ times, from: opening.weekday, to: opening.weekday });
  }
  if (runs.length === 0) return "";
  const words = runs.map(({ times, from, to }) => {
    const days = from === to ? WEEKDAYS[from - 1] : `${WEEKDAYS[from - 1]}-${WEEKDAYS[to - 1]}`;
    return `${days} ${times}`;
  });
  return `${words.join(", ")} (${where})`;
}

function clock(minute: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
