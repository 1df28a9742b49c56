import t from "tap";
import { parametersAsked } from "./parameters.ts";

t.test("the parameters that criteria ask for, wherever they stand", async (t) => {
  const asked = parametersAsked([
    'pages > 1 && (param(("utm_source")) == "a" || !(param("ref").startsWith("b")))',
    'page.url == "?other=1" && param("ref") in ["x"]',
  ]);
  t.same(asked, { values: ["utm_source", "ref"], presence: [] });
  const ads = parametersAsked(["from_ad && pages > 1", 'param("gclid") != ""']);
  t.same(ads.values, ["gclid"]);
  t.ok(ads.presence.includes("msclkid") && !ads.presence.includes("gclid"));
  t.same(parametersAsked([]), { values: [], presence: [] });
});
