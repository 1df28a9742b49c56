import {
  type CountryCode,
  findPhoneNumbersInText,
  isSupportedCountry,
  ParseError,
  parsePhoneNumberWithError,
  type PhoneNumber,
} from "libphonenumber-js/max";
import type { Refused } from "../model/refused.ts";

/** What a visitor typed: a number that may be called, or why not, in words for the visitor. */
export type ParsedNumber = { readonly ok: true; readonly e164: string } | Refused;

/** Where calls may go: a visitor types any number, and the call is at our cost. */
export interface Destinations {
  /** ISO 3166-1 alpha-2. */
  readonly countries: readonly string[];
  /** Beginnings of E.164 numbers that are called, or not, whatever their country; the longest that fits counts. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

const LONGEST_TYPED = 40;
const NOT_A_NUMBER =
  "This is not a telephone number. Please write digits, for example 030 1234567.";
const IMPOSSIBLE = "There is no such telephone number. Please check the digits.";
const NOT_CALLED = "We cannot call numbers of this kind. Please give an ordinary number.";
const NOT_THERE = "We cannot call numbers of this country or network. Please give another one.";
const EXTENSION = "Please give a number that can be dialled directly, without an extension.";

/** Why libphonenumber gave up, for the visitor. */
const parseMessages: Readonly<Record<string, string>> = {
  INVALID_COUNTRY: "We do not know this country code. Please check what follows the +.",
  TOO_SHORT: "This number is too short. Please give the whole number with its area code.",
  TOO_LONG: "This number is too long. Please check the digits.",
};

/** Kinds that cost the caller more than a call, or that are not answered by the person who typed them. */
const refusedTypes: ReadonlySet<string> = new Set([
  "PREMIUM_RATE",
  "SHARED_COST",
  "PERSONAL_NUMBER",
  "PAGER",
  "UAN",
  "VOICEMAIL",
]);

/**
 * Understands a telephone number as people write it.
 *
 * Refused are what is no number of the numbering plan (emergency and other short numbers among them), premium-rate and
 * shared-cost numbers, and the networks without a country (satellites, +881 and the like: ITU-T E.164.1), where a call
 * costs more than a visitor may make us spend; and whatever `destinations` does not let us call.
 *
 * @param country ISO 3166-1 alpha-2; numbers without + are of this country
 */
export function parseNumber(
  typed: string,
  country: string,
  destinations: Destinations,
): ParsedNumber {
  if (typed.length > LONGEST_TYPED) return refused(NOT_A_NUMBER);
  // Letters would be read as the keys of a telephone: "call me" is no number, except for an extension.
  if (/\p{L}/u.test(typed.replace(/ext\.?|x/giu, ""))) return refused(NOT_A_NUMBER);
  const number = parse(typed, country);
  if (typeof number === "string") return refused(number);
  if (number.ext) return refused(EXTENSION);
  if (!number.isValid()) return refused(IMPOSSIBLE);
  if (number.country === undefined || refusedTypes.has(number.getType() ?? "")) {
    return refused(NOT_CALLED, "destination");
  }
  if (!isAllowed(number.number, number.country, destinations)) {
    return refused(NOT_THERE, "destination");
  }
  return { ok: true, e164: number.number };
}

/**
 * The numbers that may be called in a text that people have written, E.164, in its order. Where people write a zero before area
 * codes, digits without it (or a country code) are taken for an order, a customer or a year, not for a number; dates never are one.
 *
 * @param country as in {@link parseNumber}
 */
export function numbersIn(text: string, country: string, destinations: Destinations): string[] {
  const home = isSupportedCountry(country) ? (country satisfies CountryCode) : undefined;
  const plain = text.replace(DATE, ",");
  const found = findPhoneNumbersInText(plain, home ? { defaultCountry: home } : {});
  const whole = found.filter(({ number, startsAt, endsAt }) => {
    const written = plain.slice(startsAt, endsAt).replace(/^[\s(]+/, "");
    return /^[+0]/.test(written) || !/^\(?0/.test(number.formatNational());
  });
  const parsed = whole.map(({ number }) => parseNumber(number.number, country, destinations));
  return parsed.flatMap((one) => (one.ok ? [one.e164] : []));
}

const DATE = /(?<!\d)(?:\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{4})(?!\d)/g;

function isAllowed(e164: string, country: string, { countries, allow, deny }: Destinations) {
  const longest = (prefixes: readonly string[]) =>
    Math.max(0, ...prefixes.filter((p) => e164.startsWith(p)).map((p) => p.length));
  const [allowed, denied] = [longest(allow), longest(deny)];
  // Of two that are the same, the cautious one.
  if (allowed > 0 || denied > 0) return allowed > denied;
  return countries.includes(country);
}

function parse(typed: string, country: string): PhoneNumber | string {
  const home = isSupportedCountry(country) ? (country satisfies CountryCode) : undefined;
  try {
    return parsePhoneNumberWithError(typed.trim(), {
      extract: false,
      ...(home && { defaultCountry: home }),
    });
  } catch (error) {
    if (error instanceof ParseError) return parseMessages[error.message] ?? NOT_A_NUMBER;
    throw error;
  }
}

function refused(message: string, reason: "number" | "destination" = "number"): Refused {
  return { ok: false, reason, message };
}
