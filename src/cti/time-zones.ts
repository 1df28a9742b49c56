import { parsePhoneNumberWithError, type PhoneNumber } from "libphonenumber-js/max";
import prefixesByZones from "./time-zones.json" with { type: "json" };

const zonesByPrefix = new Map<string, readonly string[]>(
  Object.entries(prefixesByZones).flatMap(([zones, prefixes]) =>
    prefixes.split(" ").map((prefix) => [prefix, zones.split("&")] as const),
  ),
);

/** Calling codes of countries whose mobile numbers tell a place: Mexico, Argentina, Brazil, Indonesia, China. */
const mobileWithPlace: ReadonlySet<string> = new Set(["52", "54", "55", "62", "86"]);

/**
 * The time zones (IANA names) that a number may be in: by the longest beginning of its digits that is known, or all of its
 * country's when its kind tells no place, as with most mobile numbers (the rule of libphonenumber's
 * PhoneNumberToTimeZonesMapper). Empty when nothing is known.
 *
 * @param e164 a valid number with its +
 */
export function timeZonesOf(e164: string): readonly string[] {
  const number = parsePhoneNumberWithError(e164);
  const digits = tellsPlace(number) ? e164.slice(1) : number.countryCallingCode;
  for (let length = digits.length; length > 0; length -= 1) {
    const zones = zonesByPrefix.get(digits.slice(0, length));
    if (zones) return zones;
  }
  return [];
}

function tellsPlace(number: PhoneNumber): boolean {
  const type = number.getType();
  if (type === "MOBILE") return mobileWithPlace.has(number.countryCallingCode);
  return type === "FIXED_LINE" || type === "FIXED_LINE_OR_MOBILE";
}
