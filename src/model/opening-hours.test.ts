import t from "tap";
import { hoursInWords } from "./opening-hours.ts";

t.test("opening hours in words", async (t) => {
  const day = (weekday: number, fromMinute: number, toMinute: number) => ({
    weekday,
    fromMinute,
    toMinute,
  });
  const week = [1, 2, 3, 4, 5].map((weekday) => day(weekday, 480, 1080));
  t.equal(hoursInWords([], "UTC"), "");
  t.equal(hoursInWords(week, "UTC"), "Mon-Fri 08:00-18:00 (UTC)");
  t.equal(
    hoursInWords([day(6, 600, 1440), ...week, day(1, 1200, 1260)], "Europe/Berlin"),
    "Mon-Fri 08:00-18:00, Mon 20:00-21:00, Sat 10:00-24:00 (Europe/Berlin)",
  );
});
