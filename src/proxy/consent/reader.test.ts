import t from "tap";
import type { ConsentRules, ConsentSource } from "../../model/consent.ts";
import { consentReader, decisionReader } from "./reader.ts";

let unreadable = 0;
const reader = (...from: ConsentSource[]) => readerOf({ undecided: "session", from });
const readerOf = (rules: ConsentRules) =>
  consentReader(
    rules,
    decisionReader(rules, () => void (unreadable += 1)),
  );

const OPTANON = (groups: string) =>
  `OptanonConsent=isGpcEnabled=0&datestamp=Mon+Nov+02+2026&version=202409.1.0&hosts=&landingPath=https%3A%2F%2Fshop.example%2F%3Fgroups%3DC0004%3A1&groups=${encodeURIComponent(groups)}&AwaitingReconsent=false`;
const COOKIEBOT = (preferences: boolean, marketing: boolean) =>
  `CookieConsent=${encodeURIComponent(`{stamp:'kX9+/w==',necessary:true,preferences:${preferences},statistics:true,marketing:${marketing},method:'explicit',ver:1,utc:1793000000000,region:'de'}`)}`;
/** Purpose 1; and 1, 5 and 6. Without vendors. */
const TC = (purposes: string) => `euconsent-v2=${purposes}`;

t.test("consent managers' cookies, as they are written", async (t) => {
  const cases: readonly (readonly [ConsentSource, cookies: string, tier: string])[] = [
    [{ manager: "onetrust" }, OPTANON("C0001:1,C0002:1,C0003:0,C0004:0"), "none"],
    [{ manager: "onetrust" }, OPTANON("C0001:1,C0002:1,C0003:1,C0004:0"), "persistent"],
    [{ manager: "onetrust" }, OPTANON("C0001:1,C0003:1,C0004:1"), "identified"],
    [{ manager: "onetrust", session: ["C0002"] }, OPTANON("C0001:1,C0002:1"), "session"],
    [{ manager: "onetrust", persistent: ["C0002"] }, OPTANON("C0001:1,C0002:1"), "persistent"],
    [{ manager: "onetrust", cookie: "mine" }, OPTANON("C0003:1"), "session"],
    [{ manager: "cookiebot" }, COOKIEBOT(false, false), "none"],
    [{ manager: "cookiebot" }, COOKIEBOT(true, false), "persistent"],
    [{ manager: "cookiebot" }, COOKIEBOT(true, true), "identified"],
    [{ manager: "cookiebot" }, COOKIEBOT(false, true), "none"],
    [{ manager: "cookiebot" }, "CookieConsent=-1", "identified"],
    [{ manager: "cookiebot" }, "CookieConsent=0", "session"],
    [
      { manager: "cookieyes" },
      "cookieyes-consent=consentid:YWJj,consent:yes,action:yes,necessary:yes,functional:yes,analytics:no,advertisement:no",
      "persistent",
    ],
    [
      { manager: "cookieyes" },
      "cookieyes-consent=consentid:YWJj,consent:no,action:yes,necessary:yes,functional:no",
      "none",
    ],
    [
      { manager: "cookieyes" },
      "cookieyes-consent=consentid:YWJj,consent:,action:,necessary:yes,functional:yes",
      "session",
    ],
    [{ manager: "klaro" }, `klaro=${encodeURIComponent('{"warmline":true}')}`, "persistent"],
    [{ manager: "klaro" }, `klaro=${encodeURIComponent('{"warmline":"true"}')}`, "none"],
    [{ manager: "tcf" }, TC("CQAAAAAQAAAAAAAAAAENAAAAAAAAAAAAAAAAAAAAAAAA"), "none"],
  ];
  for (const [source, cookies, tier] of cases) {
    t.equal(reader(source)(`a=1; ${cookies}; b=2`), tier, `${JSON.stringify(source)} ${cookies}`);
  }
  t.equal(unreadable, 0);
});

t.test("what a manager would not write is a refusal, and counted", async (t) => {
  unreadable = 0;
  for (const [manager, cookie] of [
    ["onetrust", "OptanonConsent=version=1"],
    ["cookiebot", "CookieConsent=yes"],
    ["cookieyes", "cookieyes-consent=yes"],
    ["klaro", "klaro=%7Bwarmline"],
    ["klaro", "klaro=null"],
    ["tcf", "euconsent-v2=nonsense"],
  ] as const) {
    t.equal(reader({ manager })(cookie), "none", cookie);
  }
  t.equal(unreadable, 6);
});

t.test("a site's own cookie, by what its values look like", async (t) => {
  const own = reader({
    cookie: "choice",
    values: { all: "identified", "*statistics*": "persistent", none: "none" },
  });
  t.equal(own("choice=all"), "identified");
  t.equal(own('choice="all"'), "identified");
  t.equal(own("choice=a|statistics|b"), "persistent");
  t.equal(own("choice=none"), "none");
  t.equal(own("choice=other"), "session", "it says nothing: undecided");
  t.equal(own("x=1"), "session");
  t.equal(own(""), "session");
});

t.test("the first that says something decides", async (t) => {
  const both = reader(
    { cookie: "cmplz_marketing", values: { allow: "identified" } },
    { cookie: "cmplz_preferences", values: { allow: "persistent", deny: "none" } },
  );
  t.equal(both("cmplz_preferences=deny; cmplz_marketing=allow"), "identified");
  t.equal(both("cmplz_preferences=allow; cmplz_marketing=deny"), "persistent");
  t.equal(both("cmplz_preferences=deny; cmplz_marketing=deny"), "none");
});
