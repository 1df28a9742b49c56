import t from "tap";
import { localClock } from "./local-time.ts";

t.test("hour and weekday are those of the zone, also over a change to summer time", (t) => {
  const berlin = localClock("Europe/Berlin");
  t.same(
    berlin(Date.UTC(2026, 0, 4, 23, 30)),
    { weekday: 1, hour: 0, minuteOfDay: 30 },
    "Monday has begun there",
  );
  t.same(berlin(Date.UTC(2026, 2, 29, 0, 59)), { weekday: 7, hour: 1, minuteOfDay: 119 });
  t.same(berlin(Date.UTC(2026, 2, 29, 1, 0)), { weekday: 7, hour: 3, minuteOfDay: 180 });
  t.same(
    localClock("Asia/Kathmandu")(Date.UTC(2026, 0, 5, 18, 15)),
    { weekday: 2, hour: 0, minuteOfDay: 0 },
    "a zone with an odd offset",
  );
  t.end();
});
