/** Something bought at the site. */
export interface Purchase {
  readonly atMs: number;
  readonly amount?: number;
  /** ISO 4217, when the site tells it. */
  readonly currency?: string;
  /** The site's own number of the order, when it tells it: one order counts once, however often its page is loaded. */
  readonly order?: string;
}

/** A milestone that is no purchase, by the name the site's rules give it. */
export interface SiteEvent {
  readonly name: string;
  readonly atMs: number;
}

export interface Milestones {
  readonly purchases: readonly Purchase[];
  readonly events: readonly SiteEvent[];
}

/** What a site's rules noticed in a request or in its answer, with no code on the site [SPEC E9]. */
export interface Noticed extends Partial<Milestones> {
  /** The name the visitor logs in with. */
  readonly login?: string;
  readonly name?: string;
  readonly number?: string;
  readonly mail?: string;
}

/** What was noticed, as far as it may be written down: neither who it was nor which order. */
export interface NoticedInLog {
  readonly purchases?: readonly Pick<Purchase, "amount" | "currency">[];
  /** Their names. */
  readonly events?: readonly string[];
  /** He has logged in, or otherwise said who he is. */
  readonly identity?: true;
}

/** Milestones that were noticed, and nobody's name. */
export function withMilestones(list: Milestones, more: Partial<Milestones>): Milestones {
  const { purchases = [], events = [] } = more;
  return {
    purchases: purchases.reduce(withPurchase, list.purchases),
    events: events.reduce(withEvent, list.events),
  };
}

/** Those of a list that another one lacks, though it has room for them; undefined when there is none. */
export function lacking(there: Milestones, list: Partial<Milestones>): Milestones | undefined {
  const purchases = missing(there.purchases, list.purchases, withPurchase);
  const events = missing(there.events, list.events, withEvent);
  return purchases.length + events.length > 0 ? { purchases, events } : undefined;
}

function missing<Item>(
  there: readonly Item[],
  list: readonly Item[] = [],
  add: (list: readonly Item[], one: Item) => readonly Item[],
): readonly Item[] {
  return list.filter((one) => {
    const after = add(there, one);
    return after !== there && after.includes(one);
  });
}

export const NO_MILESTONES: Milestones = { purchases: [], events: [] };

export const MOST_PURCHASES_KEPT = 8;
export const MOST_EVENTS_KEPT = 8;
/** The same sum again within so long is the page of one purchase, loaded again, where the site tells no order number. */
const SAME_PURCHASE_MS = 30 * 60_000;

/** The list with one more purchase, unless it is there already; oldest first, the oldest make room. */
export function withPurchase(list: readonly Purchase[], one: Purchase): readonly Purchase[] {
  if (list.some((other) => isSamePurchase(other, one))) return list;
  return inOrder([...list, one]).slice(-MOST_PURCHASES_KEPT);
}

/** The list with one more event, unless it is there already; oldest first, the oldest make room. */
export function withEvent(list: readonly SiteEvent[], one: SiteEvent): readonly SiteEvent[] {
  if (list.some(({ name, atMs }) => name === one.name && atMs === one.atMs)) return list;
  return inOrder([...list, one]).slice(-MOST_EVENTS_KEPT);
}

function isSamePurchase(a: Purchase, b: Purchase): boolean {
  if (a.order !== undefined && b.order !== undefined) return a.order === b.order;
  return (
    a.amount === b.amount &&
    a.currency === b.currency &&
    Math.abs(a.atMs - b.atMs) < SAME_PURCHASE_MS
  );
}

function inOrder<Item extends { readonly atMs: number }>(list: Item[]): Item[] {
  return list.sort((a, b) => a.atMs - b.atMs);
}
