import type { Noticed, Purchase } from "../../model/milestone.ts";
import type { NoticeRule, NoticeSource } from "../../model/notice.ts";
import type { AnswerHead } from "../http1/answer-head.ts";
import { amountReader, type AmountReader } from "./amount.ts";
import type { FormReader } from "./form.ts";
import { type Place, placeOf, type Target, targetOf } from "./place.ts";
import { cookieSet } from "./set-cookie.ts";

/** The rules of a site, made ready. */
export interface Watcher {
  /** What is to be noticed of a request, if it works; undefined for nearly all. */
  watch(method: string, target: string): Watch | undefined;
}

interface ReadyRule {
  readonly rule: NoticeRule;
  readonly place: Place;
  readonly amount: AmountReader;
  readonly readsForm: boolean;
}

/** A rule that a request has met, with the names of its path. */
interface Met extends ReadyRule {
  readonly names: ReadonlyMap<string, string>;
}

/** Makes a site's rules ready, once. */
export function createWatcher(rules: readonly NoticeRule[]): Watcher {
  const ready = rules.map((rule): ReadyRule => {
    const { at, purchase, login, name, number, mail } = rule;
    const sources = [
      purchase?.amount,
      purchase?.currency,
      purchase?.order,
      login,
      name,
      number,
      mail,
    ];
    return {
      rule,
      place: placeOf(at),
      amount: amountReader(purchase?.locale),
      readsForm: sources.some((source) => source !== undefined && "form" in source),
    };
  });
  const methods = new Set(ready.map(({ place }) => place.method));
  return {
    watch(method, text) {
      if (!methods.has(method)) return undefined;
      const target = targetOf(text);
      let met: Met[] | undefined;
      for (const one of ready) {
        if (one.place.method !== method) continue;
        const names = one.place.match(target);
        if (names) (met ??= []).push({ ...one, names });
      }
      return met && new Watch(met, target);
    },
  };
}

/** One request that rules have met, until its answer is there. */
export class Watch {
  readonly #met: readonly Met[];
  readonly #target: Target;
  /** Set when a rule asks for it and there is one. */
  form: FormReader | undefined = undefined;

  constructor(met: readonly Met[], target: Target) {
    this.#met = met;
    this.#target = target;
  }

  /** The path as it may be written down, where a rule takes a part of it for a name or a number: with the part's name instead. */
  get shownPath(): string | undefined {
    return this.#met.find(({ names }) => names.size > 0)?.place.path;
  }

  get readsForm(): boolean {
    return this.#met.some(({ readsForm }) => readsForm);
  }

  /** What the answer makes of it. @param whole all of the request's body has come */
  noticed(head: AnswerHead, atMs: number, whole: boolean): Noticed | undefined {
    let fields: ReadonlyMap<string, string> | undefined;
    const form = () => (fields ??= this.form?.fields(whole) ?? NO_FIELDS);
    let all: Noticed | undefined;
    for (const met of this.#met) {
      if (!hasWorked(met.rule, head, atMs)) continue;
      const read = (source: NoticeSource | undefined): string | undefined => {
        if (!source) return undefined;
        if ("text" in source) return source.text;
        if ("query" in source) return clean(this.#target.query().get(source.query));
        if ("path" in source) return clean(met.names.get(source.path));
        if ("form" in source) return clean(form().get(source.form));
        return clean(cookieSet(head, source.cookie, atMs));
      };
      all = joined(all, noticedBy(met, read, atMs));
    }
    return all;
  }
}

const NO_FIELDS: ReadonlyMap<string, string> = new Map();
const LONGEST = 200;

function hasWorked({ status, setsCookie }: NoticeRule, head: AnswerHead, atMs: number): boolean {
  const worked =
    status.length > 0
      ? status.includes(head.status)
      : head.status >= 200 && head.status < 400 && head.status !== 304;
  return worked && (setsCookie === undefined || cookieSet(head, setsCookie, atMs) !== undefined);
}

function noticedBy(
  { rule, amount }: Met,
  read: (source: NoticeSource | undefined) => string | undefined,
  atMs: number,
): Noticed {
  const login = read(rule.login);
  const name = read(rule.name);
  const number = read(rule.number);
  const mail = read(rule.mail);
  const bought = rule.purchase && purchaseBy(rule.purchase, amount, read, atMs);
  return {
    ...(bought && { purchases: [bought] }),
    ...(rule.event !== undefined && { events: [{ name: rule.event, atMs }] }),
    ...(login !== undefined && { login }),
    ...(name !== undefined && { name }),
    ...(number !== undefined && NUMBER.test(number) && { number }),
    ...(mail !== undefined && MAIL.test(mail) && { mail }),
  };
}

/** What people type as a number. */
const NUMBER = /^\+?[\d ()/.-]{4,32}$/;
const MAIL = /^[^\s@]{1,64}@[^\s@]{1,190}$/;

function purchaseBy(
  rule: NonNullable<NoticeRule["purchase"]>,
  amountOf: AmountReader,
  read: (source: NoticeSource | undefined) => string | undefined,
  atMs: number,
): Purchase | undefined {
  const order = read(rule.order);
  // Without its number an order could not be told from itself.
  if (rule.order && order === undefined) return undefined;
  const written = read(rule.amount);
  const amount = written === undefined ? undefined : amountOf(written);
  const currency = read(rule.currency)?.toUpperCase();
  return {
    atMs,
    ...(amount !== undefined && { amount }),
    ...(currency !== undefined && /^[A-Z]{3}$/.test(currency) && { currency }),
    ...(order !== undefined && { order }),
  };
}

/** Text that can be shown to an agent: one line, not endless, not empty. */
function clean(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? "";
  return trimmed === "" || trimmed.length > LONGEST || /\p{Cc}/u.test(trimmed)
    ? undefined
    : trimmed;
}

function joined(a: Noticed | undefined, b: Noticed): Noticed | undefined {
  if (Object.keys(b).length === 0) return a;
  if (!a) return b;
  return {
    ...a,
    ...b,
    ...((a.purchases ?? b.purchases) && {
      purchases: [...(a.purchases ?? []), ...(b.purchases ?? [])],
    }),
    ...((a.events ?? b.events) && { events: [...(a.events ?? []), ...(b.events ?? [])] }),
  };
}
