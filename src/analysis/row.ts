import type { Hit } from "../model/hit.ts";
import { lacking, type Milestones, NO_MILESTONES, withMilestones } from "../model/milestone.ts";
import { LONGEST_TRAIL, type PageView, type Session } from "../model/session.ts";
import {
  type ConsentTier,
  DEFAULT_PRIORITY,
  type VisitorFacts,
  type VisitorRef,
  withFacts,
} from "../model/visitor.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** How many cookies that were issued but not yet seen again are remembered for one row. */
const MOST_ISSUED = 4;
/** URLs of a trail, characters in all; the current page is kept however long it is. */
const MOST_TRAIL_CHARACTERS = 4_096;

/** What a campaign has had of this visit. */
export interface Given {
  readonly campaign: string;
  /** Paths of the pages on which it found an opportunity, by their hash; one for each opportunity. */
  readonly pages: readonly number[];
  /** Until when it leaves the visitor alone, steady ms. */
  readonly quietUntilMs: number;
}

/**
 * A row of the session activity table as it is worked on: the session as others see it, and what only the analysis needs.
 * It is a copy; what was changed in it holds when the table has saved it.
 */
export interface Row {
  /** Where the table keeps it. */
  readonly place: number;
  /** Replaced as a whole, never changed: others may keep it. */
  session: Session;
  addressKey: string;
  /** How much the visitor allows us to know, by his latest hit; what is known is at most that. */
  allows: ConsentTier;
  /** Present once the visitor has brought a cookie. */
  visitorId?: string | undefined;
  /** Cookies that went out with answers to this row, latest last, until one comes back. */
  issued: readonly string[];
  /** Steady times of the start, of the latest hit and of the latest page. */
  readonly startedMs: number;
  seenMs: number;
  pageMs: number;
  /** When the visitor was last known to be there: by a hit, or by a page that is open. Steady ms. */
  readonly keptMs: number;
  /** What the engine learnt in this visit; newer than the cookie until the cookie has caught up. */
  learnt?: VisitorFacts | undefined;
  /** The opportunity that waits for its end, and its campaign. */
  openOpportunity?: { readonly id: string; readonly campaign: string } | undefined;
  /** Campaigns that have had something of this visit. */
  given: readonly Given[];
}

/** A row before its first hit is entered. */
export function newRow(place: number, id: string, hit: Hit, steadyMs: number): Row {
  return {
    place,
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
    addressKey: hit.visitor.addressKey,
    allows: hit.consent,
    issued: [],
    startedMs: steadyMs,
    seenMs: steadyMs,
    pageMs: steadyMs,
    keptMs: steadyMs,
    given: [],
  };
}

/** Enters a hit into its row. */
export function enter(row: Row, hit: Hit, steadyMs: number): void {
  const before = row.session;
  const isPage = hit.kind === "page";
  noteIdentity(row, hit.visitor);
  row.allows = hit.consent;
  row.seenMs = steadyMs;
  if (isPage) row.pageMs = steadyMs;

  const cookie = hit.history && row.learnt ? withFacts(hit.history, row.learnt) : hit.history;
  // What he has told an agent in this visit is known as long as it lasts; the rest only while he allows it.
  const mayName = hit.consent === "identified";
  const name = (mayName && cookie?.name) || row.learnt?.name || (mayName ? before.name : undefined);
  const number =
    (mayName && cookie?.number) || row.learnt?.number || (mayName ? before.number : undefined);
  const called = mayName ? (cookie?.login ?? cookie?.mail) : undefined;
  const consent = tierOf(row, hit.visitor, (name ?? number ?? called) !== undefined);
  const history = maySeePast(consent) ? (cookie ?? before.history) : undefined;
  const userAgent = same(before.userAgent, hit.userAgent);
  const language = same(before.language, hit.language);
  // The referrer of the visit is that of its first page; later ones are the site's own pages.
  const referrer = before.pages === 0 ? hit.referrer : before.referrer;
  const session: Writable<Session> = {
    id: before.id,
    site: before.site,
    state: before.state === "served" ? "served" : "active",
    address: hit.address,
    startedMs: before.startedMs,
    lastAccessMs: hit.atMs,
    trail: isPage ? further(before.trail, { url: hit.url, atMs: hit.atMs }) : before.trail,
    pages: before.pages + (isPage ? 1 : 0),
    consent,
    priority: cookie?.priority ?? row.learnt?.priority ?? before.priority,
  };
  const landing =
    before.landing ?? (session.trail[0] === before.trail[0] ? undefined : before.trail[0]?.url);
  const downloads = isSaved(hit)
    ? further(before.downloads ?? [], { url: hit.url, atMs: hit.atMs })
    : before.downloads;
  // On every hit: spreading would cost more than all the rest.
  if (history) session.history = history;
  const milestones = hit.noticed
    ? withMilestones(before.milestones ?? NO_MILESTONES, hit.noticed)
    : before.milestones;
  if (milestones) session.milestones = milestones;
  if (name !== undefined) session.name = name;
  if (number !== undefined) session.number = number;
  if (userAgent !== undefined) session.userAgent = userAgent;
  if (language !== undefined) session.language = language;
  if (referrer !== undefined) session.referrer = referrer;
  if (landing !== undefined) session.landing = landing;
  if (downloads) session.downloads = downloads;
  row.session = session;
}

/**
 * Puts back what this visit's history lacks of its milestones: of two tabs that raced, the cookie of the last holds. Returns what
 * was lost.
 */
export function restore(row: Row): Milestones | undefined {
  const { history, milestones } = row.session;
  const lost = history && milestones && lacking(history, milestones);
  if (lost) {
    const whole = { ...history, ...withMilestones(history, lost) };
    row.session = { ...row.session, history: whole };
  }
  return lost;
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
    consent: known && mayKnow(row, session.consent) ? "identified" : session.consent,
    ...(session.history && { history: withFacts(session.history, facts) }),
    ...(priority !== undefined && { priority }),
    ...(name !== undefined && { name }),
    ...(number !== undefined && { number }),
  };
}

/** What the campaign has had of the visit so far. */
export function givenTo(row: Row, campaign: string): Given {
  const given = row.given.find((one) => one.campaign === campaign);
  return given ?? { campaign, pages: [], quietUntilMs: 0 };
}

export function setGiven(row: Row, given: Given): void {
  row.given = [...row.given.filter(({ campaign }) => campaign !== given.campaign), given];
}

/** The path of what was asked for, without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}

/** The new text if there is one; of two that are alike the old one, which the table finds faster. */
function same(old: string | undefined, now: string | undefined): string | undefined {
  return now === undefined || now === old ? old : now;
}

function further(trail: readonly PageView[], page: PageView): readonly PageView[] {
  let characters = page.url.length;
  let from = trail.length;
  const earliest = Math.max(0, trail.length + 1 - LONGEST_TRAIL);
  while (from > earliest) {
    characters += trail[from - 1]!.url.length;
    if (characters > MOST_TRAIL_CHARACTERS) break;
    from -= 1;
  }
  const longer = trail.slice(from);
  longer.push(page);
  return longer;
}

const isSaved = ({ kind }: Hit) => kind === "download" || kind === "transfer";

function noteIdentity(row: Row, ref: VisitorRef): void {
  row.addressKey = ref.addressKey;
  const id = ref.visitorId;
  if (id === undefined) return;
  if (ref.cookie === "returned") {
    row.visitorId = id;
    row.issued = [];
  } else if (ref.cookie === "issued" && !row.issued.includes(id)) {
    row.issued = [...row.issued, id].slice(-MOST_ISSUED);
  }
}

/** What is known of a visitor is at most what he allows; until a cookie has come back, nobody knows whether it is kept. */
function tierOf({ allows }: Row, ref: VisitorRef, known: boolean): ConsentTier {
  if (allows === "none" || ref.cookie === "none") return "none";
  if (allows === "identified" && known) return "identified";
  return allows !== "session" && ref.cookie === "returned" ? "persistent" : "session";
}

const mayKnow = ({ allows }: Row, tier: ConsentTier) => allows === "identified" && tier !== "none";

function maySeePast(tier: ConsentTier): boolean {
  return tier === "persistent" || tier === "identified";
}
