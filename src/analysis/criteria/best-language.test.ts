import t from "tap";
import { bestLanguage } from "./best-language.ts";

t.test("the language that is liked best, of those that are offered", async (t) => {
  for (const [accepted, offered, best] of [
    ["de-AT,de;q=0.9,en;q=0.8", ["en", "de"], "de"],
    ["en-GB", ["fr", "en"], "en"],
    ["en", ["en-US"], "en-US"],
    ["fr;q=0.3, en;q=0.7", ["fr", "en"], "en"],
    ["de;q=0, *;q=0.5", ["de", "it"], "it"],
    ["fr, *", ["it", "fr"], "it"],
    ["en;q=0.5,en-GB", ["en-US", "de"], "en-US"],
    ["DE-at", ["de-AT"], "de-AT"],
    ["ja", ["de", "en"], ""],
    ["", ["de"], ""],
    ["de", [], ""],
    [";;,q=1,;q=", ["de"], ""],
    ["den", ["de"], ""],
  ] as const) {
    t.equal(bestLanguage(accepted, offered), best, `${accepted} of ${offered.join()}`);
  }
});
