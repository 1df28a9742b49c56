import * as fc from "fast-check";
import t from "tap";
import { amountReader } from "./amount.ts";

t.test("amounts as they are written", async (t) => {
  for (const [locale, text, amount] of [
    [undefined, "1234.50", 1234.5],
    [undefined, "1234", 1234],
    [undefined, "EUR 20.00", 20],
    [undefined, "1,234.50", undefined],
    [undefined, "1.234,50", undefined],
    ["de", "1.234,50", 1234.5],
    ["de", "1.234,50 €", 1234.5],
    ["de", "EUR 1234,50", 1234.5],
    ["de", "5,-", 5],
    ["de", "1.234", 1234],
    ["de", "1234.50", undefined],
    ["de", "12.34", undefined],
    ["en", "$1,234.50", 1234.5],
    ["en", "1,23", undefined],
    ["fr", "1 234,50 €", 1234.5],
    ["fr", "1\u202f234,50", 1234.5],
    ["de-CH", "1'234.50", 1234.5],
    ["de-CH", "CHF 1’234.50", 1234.5],
    ["en-IN", "12,34,567.80", 1234567.8],
    ["de", "-20,00", undefined],
    ["de", "€ -20,00", undefined],
    ["de", "20 bis 30", undefined],
    ["de", "", undefined],
    ["de", "gratis", undefined],
    [undefined, "9".repeat(14), undefined],
    [undefined, `${"0".repeat(50)}1`, undefined],
  ] as const) {
    t.equal(amountReader(locale)(text), amount, `${locale} ${text}`);
  }
  t.throws(() => amountReader("no such_tag"), RangeError);
});

t.test("what a locale writes is read again", (t) => {
  const cents = fc.integer({ min: 0, max: 99_999_999_999 });
  const locale = fc.constantFrom(
    "de-DE",
    "de-AT",
    "de-CH",
    "en-GB",
    "fr-FR",
    "it",
    "pl",
    "en-IN",
    "sv",
  );
  const style = fc.constantFrom(
    { minimumFractionDigits: 2 },
    { style: "currency", currency: "EUR" } as const,
    { minimumFractionDigits: 2, useGrouping: false },
  );
  fc.assert(
    fc.property(cents, locale, style, (n, tag, options) => {
      const text = new Intl.NumberFormat(tag, options).format(n / 100);
      const amount = amountReader(tag)(text);
      // Austrian and Swiss currencies are grouped otherwise than their numbers.
      t.ok(amount === n / 100 || (amount === undefined && "style" in options), `${tag} ${text}`);
    }),
  );
  t.end();
});
