import { check, oneof, property, string, stringMatching } from "fast-check";
import t from "tap";
import { type Destinations, numbersIn, parseNumber } from "./number.ts";

const anywhere: Destinations = { countries: ["DE", "US", "GB"], allow: [], deny: [] };

const accepted: readonly [typed: string, country: string, e164: string][] = [
  ["030 123456", "DE", "+4930123456"],
  ["030/12 34 56", "DE", "+4930123456"],
  [" +49 (0)30 123456 ", "US", "+4930123456"],
  ["0049 30 123456", "DE", "+4930123456"],
  ["0171 1234567", "DE", "+491711234567"],
  ["(212) 555-2368", "US", "+12125552368"],
  ["020 7946 0018", "GB", "+442079460018"],
  ["0800 1234567", "DE", "+498001234567"],
  ["٠٣٠ ١٢٣٤٥٦", "DE", "+4930123456"],
];

for (const [typed, country, e164] of accepted) {
  t.test(`${typed} in ${country}`, (t) => {
    t.same(parseNumber(typed, country, anywhere), { ok: true, e164 });
    t.end();
  });
}

const refused: readonly [typed: string, country: string, message: RegExp][] = [
  ["", "DE", /not a telephone number/],
  ["call me", "DE", /not a telephone number/],
  ["my number is 030 123456", "DE", /not a telephone number/],
  ["<script>030123456</script>", "DE", /not a telephone number/],
  ["0".repeat(10_000), "DE", /not a telephone number/],
  ["110", "DE", /no such/],
  ["911", "US", /no such/],
  ["1", "DE", /too short/],
  ["030 1", "DE", /no such/],
  ["+49 30 12345678901234567", "DE", /too long/],
  ["+999 1234567", "DE", /country code/],
  ["0900 1234567", "DE", /of this kind/],
  ["0180 1234567", "DE", /of this kind/],
  ["+1 900 234 5678", "DE", /of this kind/],
  ["0909 879 0123", "GB", /of this kind/],
  ["070 1234 5678", "GB", /of this kind/],
  ["+881 612345678", "DE", /of this kind/],
  ["+979 123456789", "DE", /of this kind/],
  ["030 123456 ext. 12", "DE", /extension/],
  ["030 123456", "XX", /country code/],
];

for (const [typed, country, message] of refused) {
  t.test(`${typed.slice(0, 30)} in ${country} is refused`, (t) => {
    const parsed = parseNumber(typed, country, anywhere);
    t.equal(parsed.ok, false);
    if (!parsed.ok) t.match(parsed.message, message);
    t.end();
  });
}

t.test("anything typed gets an answer, and what is accepted is E.164", (t) => {
  const typed = oneof(string(), stringMatching(/^[+0-9 ()/.-]{0,20}$/));
  const answered = property(typed, (text) => {
    const parsed = parseNumber(text, "DE", anywhere);
    return parsed.ok ? /^\+[1-9][0-9]{5,14}$/.test(parsed.e164) : parsed.message.length > 20;
  });
  t.equal(check(answered, { numRuns: 500 }).counterexample, null);
  t.end();
});

t.test("where calls may go: countries, then the longest prefix", (t) => {
  const may = (typed: string, destinations: Partial<Destinations>) => {
    const parsed = parseNumber(typed, "DE", {
      countries: ["DE"],
      allow: [],
      deny: [],
      ...destinations,
    });
    return parsed.ok ? "called" : parsed.reason;
  };
  t.equal(may("030 123456", {}), "called");
  t.equal(may("+43 1 5131234", {}), "destination");
  t.equal(may("+43 1 5131234", { countries: ["DE", "AT"] }), "called");
  t.equal(may("+43 1 5131234", { allow: ["+431"] }), "called");
  t.equal(
    may("+1 876 922 1234", { countries: ["DE", "US"] }),
    "destination",
    "Jamaica is not the US",
  );
  t.equal(may("0171 1234567", { deny: ["+4917"] }), "destination");
  t.equal(may("0171 1234567", { deny: ["+4917"], allow: ["+49171"] }), "called");
  t.equal(may("0171 1234567", { deny: ["+49171"], allow: ["+49"] }), "destination");
  t.equal(may("0171 1234567", { deny: ["+49171"], allow: ["+49171"] }), "destination");
  t.equal(may("0900 1234567", { allow: ["+49"] }), "destination", "premium stays refused");
  t.end();
});

t.test("numbers in what another program shows", (t) => {
  const all = { countries: ["DE", "US"], allow: [], deny: [] };
  const found = (text: string, country = "DE") => numbersIn(text, country, all);
  t.same(found("Office 030 1234567, home: +49 (0)30 7654-321"), ["+49301234567", "+49307654321"]);
  t.same(found("(030) 1234567"), ["+49301234567"]);
  for (const none of [
    "2019-11-02",
    "01.02.2025",
    "4711 0815 99",
    "0900 1234567",
    "112",
    "IBAN DE02",
  ])
    t.same(found(none), [], none);
  t.same(found("+33 1 42 68 53 00"), [], "where calls may not go");
  t.same(found("2024-01-05 and (212) 555-0123 or 1-212-736-5000", "US").at(-1), "+12127365000");
  t.end();
});
