import t from "tap";
import { zonedTimeMs } from "./local-time.ts";

t.test("a date and a time in a zone", async (t) => {
  const cases: [string, string, string, string][] = [
    ["2026-01-05", "09:30", "Europe/Berlin", "2026-01-05T08:30Z"],
    ["2026-07-05", "09:30", "Europe/Berlin", "2026-07-05T07:30Z"],
    ["2026-07-05", "09:30", "UTC", "2026-07-05T09:30Z"],
    ["2026-01-01", "00:10", "Pacific/Kiritimati", "2025-12-31T10:10Z"],
    ["2026-12-31", "23:50", "America/Los_Angeles", "2027-01-01T07:50Z"],
    ["2026-05-01", "12:00", "Asia/Kathmandu", "2026-05-01T06:15Z"],
    // Spring: 02:30 does not exist on 2026-03-29 in Berlin; the clock then shows 03:30.
    ["2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T01:30Z"],
    ["2026-03-29", "03:00", "Europe/Berlin", "2026-03-29T01:00Z"],
    // Autumn: 02:30 comes twice on 2026-10-25 in Berlin; the first is summer time.
    ["2026-10-25", "02:30", "Europe/Berlin", "2026-10-25T00:30Z"],
    ["2026-10-25", "03:30", "Europe/Berlin", "2026-10-25T02:30Z"],
  ];
  for (const [date, time, zone, expected] of cases) {
    const ms = zonedTimeMs(date, time, zone);
    t.equal(ms === undefined ? ms : new Date(ms).toISOString().slice(0, 16) + "Z", expected);
  }
});

t.test("what is no date or time", async (t) => {
  for (const [date, time] of [
    ["2026-02-29", "10:00"],
    ["2026-13-01", "10:00"],
    ["2026-1-1", "10:00"],
    ["01.02.2026", "10:00"],
    ["2026-01-01", "24:00"],
    ["2026-01-01", "9:00"],
    ["2026-01-01", ""],
    ["", "10:00"],
  ] as const) {
    t.equal(zonedTimeMs(date, time, "UTC"), undefined, `${date} ${time}`);
  }
});
