import type { Hit } from "../model/hit.ts";
import { LONGEST_TRAIL, type Session } from "../model/session.ts";
import {
  type ConsentTier,
  DEFAULT_PRIORITY,
  type VisitorFacts,
  type VisitorRef,
  withFacts,
} from "../model/visitor.ts";
import type { Due } from "./due-heap.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** How many cookies that were issued but not yet seen again are remembered for one row. */
const MOST_ISSUED = 4;

/** A row of the session activity table: the session as others see it, and what only the analysis needs. */
export interface Row extends Due {
  /** What the table finds it by; changes once, when the first cookie comes back. */
  key: string;
  /** Replaced as a whole, never changed: others may keep it. */
  session: Session;
  /** Paths of `session.trail`, without query. */
  paths: readonly string[];
  addressKey: string;
  /** Present once the visitor has brought a cookie. */
  visitorId: string | undefined;
  /** Cookies that went out with answers to this row, latest last. */
  issued: readonly string[];
  /** Steady times of the start, of the latest hit and of the latest page. */
  readonly startedMs: number;
  seenMs: number;
  pageMs: number;
  /** What the engine learnt in this visit; newer than the cookie until the cookie has caught up. */
  learnt: VisitorFacts | undefined;
  /** The opportunity that waits for its end. */
  openOpportunity: string | undefined;
  /** Opportunities of this visit by campaign. */
  readonly fired: Map<string, number>;
  /** Until when a campaign leaves this visitor alone, steady ms. Made when first needed. */
  quietUntilMs: Map<string, number> | undefined;
}

/** A row before its first hit is entered. */
export function newRow(id: string, key: string, hit: Hit, steadyMs: number): Row {
  return {
    key,
    session: {
      id,
      site: hit.site,
      state: "active",
      address: hit.address,
      startedMs: hit.atMs,
      lastAccessMs: hit.atMs,
      trail: [],
      pages: 0,
      consent: "none",
      priority: DEFAULT_PRIORITY,
    },
    paths: [],
    addressKey: hit.visitor.addressKey,
    visitorId: undefined,
    issued: [],
    startedMs: steadyMs,
    seenMs: steadyMs,
    pageMs: steadyMs,
    learnt: undefined,
    openOpportunity: undefined,
    fired: new Map(),
    quietUntilMs: undefined,
    dueMs: 0,
    dueIndex: -1,
  };
}

/** Enters a hit into its row. */
export function enter(row: Row, hit: Hit, steadyMs: number): void {
  const before = row.session;
  const isPage = hit.kind === "page";
  noteIdentity(row, hit.visitor);
  row.seenMs = steadyMs;

  let { trail } = before;
  if (isPage) {
    const full = trail.length >= LONGEST_TRAIL ? 1 : 0;
    trail = [...(full ? trail.slice(1) : trail), { url: hit.url, atMs: hit.atMs }];
    row.paths = [...(full ? row.paths.slice(1) : row.paths), pathOf(hit.url)];
    row.pageMs = steadyMs;
  }
  const cookie = hit.history && row.learnt ? withFacts(hit.history, row.learnt) : hit.history;
  const name = cookie?.name ?? row.learnt?.name ?? before.name;
  const number = cookie?.number ?? row.learnt?.number ?? before.number;
  const consent = tierOf(hit.visitor, name !== undefined || number !== undefined);
  const history = maySeePast(consent) ? (cookie ?? before.history) : undefined;
  const userAgent = hit.userAgent ?? before.userAgent;
  const language = hit.language ?? before.language;
  // The referrer of the visit is that of its first page; later ones are the site's own pages.
  const referrer = before.pages === 0 ? hit.referrer : before.referrer;
  const session: Writable<Session> = {
    id: before.id,
    site: before.site,
    state: before.state === "served" ? "served" : "active",
    address: hit.address,
    startedMs: before.startedMs,
    lastAccessMs: hit.atMs,
    trail,
    pages: before.pages + (isPage ? 1 : 0),
    consent,
    priority: cookie?.priority ?? row.learnt?.priority ?? before.priority,
  };
  // On every hit: spreading would cost more than all the rest.
  if (history) session.history = history;
  if (name !== undefined) session.name = name;
  if (number !== undefined) session.number = number;
  if (userAgent !== undefined) session.userAgent = userAgent;
  if (language !== undefined) session.language = language;
  if (referrer !== undefined) session.referrer = referrer;
  row.session = session;
}

/** Enters what the engine learnt of a visitor. Older news than what is known change nothing. */
export function learn(row: Row, facts: VisitorFacts): void {
  if (row.learnt && facts.atMs <= row.learnt.atMs) return;
  row.learnt = { ...row.learnt, ...facts };
  const { session } = row;
  const { priority, name, number } = facts;
  const known = name !== undefined || number !== undefined;
  row.session = {
    ...session,
    // A refuser stays one, whatever he tells an agent.
    consent: known && session.consent !== "none" ? "identified" : session.consent,
    ...(session.history && { history: withFacts(session.history, facts) }),
    ...(priority !== undefined && { priority }),
    ...(name !== undefined && { name }),
    ...(number !== undefined && { number }),
  };
}

/** The path of what was asked for, without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}

function noteIdentity(row: Row, ref: VisitorRef): void {
  row.addressKey = ref.addressKey;
  const id = ref.visitorId;
  if (id === undefined) return;
  if (ref.cookie === "returned") row.visitorId = id;
  else if (ref.cookie === "issued" && !row.issued.includes(id)) {
    row.issued = [...row.issued, id].slice(-MOST_ISSUED);
  }
}

function tierOf(ref: VisitorRef, known: boolean): ConsentTier {
  if (ref.cookie === "none") return "none";
  if (known) return "identified";
  return ref.cookie === "returned" ? "persistent" : "session";
}

function maySeePast(tier: ConsentTier): boolean {
  return tier === "persistent" || tier === "identified";
}
