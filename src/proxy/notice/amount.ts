/** Reads an amount; undefined when it is none. */
export type AmountReader = (text: string) => number | undefined;

const MOST = 1e12;
const LONGEST = 40;

/**
 * Reads amounts as a locale writes them: digits in groups of three, or two (as in India), or in none, and decimals. Currency
 * and space around them do not matter; a sign does. Without a locale: as programs write them.
 *
 * @param locale BCP 47, as in de-AT
 * @throws {RangeError} when it is none
 */
export function amountReader(locale?: string): AmountReader {
  const { group, decimal } =
    locale === undefined ? { group: "", decimal: "." } : separators(locale);
  // Several signs look alike, and people write any of them.
  const between = [/\s/, /['’]/].find((alike) => alike.test(group)) ?? group;
  return (text) => {
    if (text.length > LONGEST) return undefined;
    // Currencies stand in front or behind, as words or signs.
    const bare = text.replaceAll(/^[^\d-]+|[^\d]+$/g, "");
    const [whole = "", decimals = "", more] = bare.split(decimal);
    const groups = group === "" ? [whole] : whole.split(between);
    if (more !== undefined || !areGroups(groups) || !/^\d*$/.test(decimals)) return undefined;
    const amount = Number(`${groups.join("")}.${decimals || "0"}`);
    return amount <= MOST ? amount : undefined;
  };
}

function areGroups(groups: readonly string[]): boolean {
  const [first = "", ...others] = groups;
  if (others.length === 0) return /^\d+$/.test(first);
  return (
    /^\d{1,3}$/.test(first) &&
    others.every((one, i) => (i === others.length - 1 ? /^\d{3}$/ : /^\d{2,3}$/).test(one))
  );
}

function separators(locale: string): { readonly group: string; readonly decimal: string } {
  const parts = new Intl.NumberFormat(locale, { numberingSystem: "latn" }).formatToParts(1234567.8);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  return { group: of("group"), decimal: of("decimal") };
}
