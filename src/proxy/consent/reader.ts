import {
  type ConsentQuestion,
  type ConsentRules,
  type ConsentSource,
  tierOfAnswer,
} from "../../model/consent.ts";
import type { ConsentTier } from "../../model/visitor.ts";
import { cookiesOf } from "../cookie-header.ts";
import { matches } from "../pattern.ts";
import { MANAGERS, NOT_ASKED } from "./managers.ts";

/** Tells from the value of a Cookie field what its visitor allows. */
export type ConsentReader = (cookies: string) => ConsentTier;

/** The same; undefined for who has decided nothing yet. */
export type DecisionReader = (cookies: string) => ConsentTier | undefined;

/** Where the answer to our own question is kept (`docs/visitors.md`). The engine sets it. */
const ANSWER_COOKIE = "warmline-consent";

interface Source {
  readonly cookie: string;
  /** Undefined when the value says nothing. */
  readonly read: (value: string) => ConsentTier | undefined;
}

/** Makes the reader of a site's consent cookies. Once, when the site is configured. */
export function consentReader({ undecided }: ConsentRules, decided: DecisionReader): ConsentReader {
  return (field) => decided(field) ?? undecided;
}

/** Makes the reader of what visitors have decided, by the site's cookies and by ours. Once, too. */
export function decisionReader(rules: ConsentRules, unreadable: () => void): DecisionReader {
  const sources = rules.from.map((source) => sourceOf(source, unreadable));
  if (rules.ask) sources.unshift(ownAnswer(rules.ask));
  return (field) => {
    if (field === "") return undefined;
    const cookies = cookiesOf(field);
    for (const { cookie, read } of sources) {
      const value = cookies.get(cookie);
      const tier = value === undefined ? undefined : read(value);
      if (tier !== undefined) return tier;
    }
    return undefined;
  };
}

function ownAnswer(question: ConsentQuestion): Source {
  return {
    cookie: ANSWER_COOKIE,
    read: (value) =>
      value === "yes" || value === "visit" || value === "no"
        ? tierOfAnswer(value, question)
        : undefined,
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
