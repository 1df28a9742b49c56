import type { ConsentRules, ConsentSource } from "../../model/consent.ts";
import type { ConsentTier } from "../../model/visitor.ts";
import { cookiesOf } from "../cookie-header.ts";
import { matches } from "../pattern.ts";
import { MANAGERS, NOT_ASKED } from "./managers.ts";

/** Tells from the value of a Cookie field what its visitor allows. */
export type ConsentReader = (cookies: string) => ConsentTier;

interface Source {
  readonly cookie: string;
  /** Undefined when the value says nothing. */
  readonly read: (value: string) => ConsentTier | undefined;
}

/** Makes the reader of a site's consent cookies. Once, when the site is configured. */
export function consentReader(rules: ConsentRules, unreadable: () => void): ConsentReader {
  const { undecided } = rules;
  const sources = rules.from.map((source) => sourceOf(source, unreadable));
  return (field) => {
    if (field === "") return undecided;
    const cookies = cookiesOf(field);
    for (const { cookie, read } of sources) {
      const value = cookies.get(cookie);
      const tier = value === undefined ? undefined : read(value);
      if (tier !== undefined) return tier;
    }
    return undecided;
  };
}

function sourceOf(source: ConsentSource, unreadable: () => void): Source {
  if (!("manager" in source)) {
    const patterns = Object.entries(source.values);
    return {
      cookie: source.cookie,
      read: (value) => patterns.find(([pattern]) => matches(pattern, value))?.[1],
    };
  }
  const manager = MANAGERS[source.manager];
  const { cookie = manager.cookie, session } = source;
  const { persistent = manager.persistent, identified = manager.identified } = source;
  const needs: readonly (readonly [ConsentTier, readonly string[] | undefined])[] = [
    ["identified", identified],
    ["persistent", persistent],
    ["session", session],
  ];
  return {
    cookie,
    read(value) {
      const granted = manager.read(value);
      if (granted === NOT_ASKED) return undefined;
      if (!granted) {
        unreadable();
        return "none";
      }
      return needs.find(([, all]) => all?.every((one) => granted.has(one)))?.[0] ?? "none";
    },
  };
}
