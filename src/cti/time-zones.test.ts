import t from "tap";
import prefixesByZones from "./time-zones.json" with { type: "json" };
import { timeZonesOf } from "./time-zones.ts";

t.test("a number's zones, by what is known of its beginning", async (t) => {
  t.same(timeZonesOf("+4930123456"), ["Europe/Berlin"]);
  t.same(timeZonesOf("+491711234567"), ["Europe/Berlin"]);
  t.same(timeZonesOf("+12125552368"), ["America/New_York"]);
  t.same(timeZonesOf("+18085550100"), ["Pacific/Honolulu"]);
  t.same(timeZonesOf("+61298765432"), ["Australia/Sydney"]);
  t.ok(timeZonesOf("+61412345678").length > 4, "a mobile number may be anywhere in the country");
  t.same(timeZonesOf("+5511961234567"), ["America/Sao_Paulo"], "but in Brazil tells where");
  t.ok(timeZonesOf("+18005550199").length > 10, "toll-free");
});

t.test("every zone is one that this Node knows", async (t) => {
  const zones = new Set(Object.keys(prefixesByZones).flatMap((names) => names.split("&")));
  t.ok(zones.size > 250);
  const unknown = [...zones].filter((timeZone) => {
    try {
      return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone === "";
    } catch {
      return true;
    }
  });
  t.same(unknown, []);
});
