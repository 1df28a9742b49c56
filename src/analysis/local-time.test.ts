import t from "tap";
import { localClock } from "./local-time.ts";

t.test("hour and weekday are those of the zone, also over a change to summer time", (t) => {
  const berlin = localClock("Europe/Berlin");
  t.same(berlin(Date.UTC(2026, 0, 4, 23, 30)), { hour: 0, weekday: 1 }, "Monday has begun there");
  t.same(berlin(Date.UTC(2026, 2, 29, 0, 59)), { hour: 1, weekday: 7 });
  t.same(berlin(Date.UTC(2026, 2, 29, 1, 0)), { hour: 3, weekday: 7 });
  t.same(localClock("Asia/Kathmandu")(Date.UTC(2026, 0, 5, 18, 15)), { hour: 0, weekday: 2 });
  t.end();
});
