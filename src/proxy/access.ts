import { deviceOf } from "../model/device.ts";
import type { Noticed, NoticedInLog } from "../model/milestone.ts";
import type { Exchange } from "./exchange.ts";
import type { AccessHit } from "./ports.ts";

/** Counts and records one request, at its end. */
export function recordAccess(x: Exchange): void {
  const { edge, connection, status } = x;
  const durationMs = edge.clock.nowMs() - x.startedMs;
  const site = x.site?.name ?? "";
  const endless = x.endless || status === 101;
  // How long somebody keeps a stream or a tunnel open says nothing about how fast pages are.
  edge.metrics.request(site, x.method, status, endless ? undefined : durationMs / 1000);
  // Of a page that is looked at late, it says which.
  const target = targetOf(x);
  const query = target.indexOf("?");
  edge.access({
    atMs: x.startedMs,
    site,
    method: x.method,
    path: x.shownPath ?? (query < 0 ? target : target.slice(0, query)),
    status,
    bytes: connection.wire.bytesWritten - x.writtenBefore,
    durationMs,
    address: connection.known.shortAddress,
    ...(x.logged && { asked: x.logged }),
    ...(x.hit !== undefined && { hit: connection.hitInLog.of(x, x.hit) }),
  });
}

const targetOf = (x: Exchange) => (x.opened && x.hit ? x.opened.page : x.target);

/** The first of the languages that are asked for (RFC 5646). */
const LANGUAGE = /^[A-Za-z\d-]{2,35}(?=[,;\s]|$)/;
/** Of a URL, what says nothing about the page. */
const ORIGIN = /^https?:\/\/[\w.:[\]-]{1,253}(?=[/?#]|$)/;

/** Of a URL, what may be written down. */
export function originOf(url: string): string | undefined {
  return ORIGIN.exec(url)?.[0];
}

/** What the log says of a connection's hits: one object as long as it is the same. */
export class HitInLog {
  #last: AccessHit | undefined;
  #kind: AccessHit["kind"] = "page";
  #consent: Exchange["consent"] = "none";
  #visitor: Exchange["visitor"] | undefined;
  #agent = "";
  #language = "";
  #referrer: string | undefined;

  of(x: Exchange, kind: AccessHit["kind"]): AccessHit {
    const { visitor, consent, referrer } = x;
    const { agent, language } = x.connection.known;
    const query = kind === "page" ? x.rules?.logged?.(targetOf(x)) : undefined;
    if (x.noticed !== undefined || query !== undefined) return hitOf(x, kind, query);
    if (
      this.#last &&
      this.#kind === kind &&
      this.#consent === consent &&
      this.#visitor?.cookie === visitor.cookie &&
      this.#visitor.visitorId === visitor.visitorId &&
      this.#agent === agent &&
      this.#language === language &&
      this.#referrer === referrer
    )
      return this.#last;
    this.#kind = kind;
    this.#consent = consent;
    this.#visitor = visitor;
    this.#agent = agent;
    this.#language = language;
    this.#referrer = referrer;
    return (this.#last = hitOf(x, kind, query));
  }
}

function hitOf(
  { visitor, consent, connection, referrer, noticed }: Exchange,
  kind: AccessHit["kind"],
  query: string | undefined,
): AccessHit {
  const { known } = connection;
  // Only a page has brought the first cookie, or what something was noticed of.
  const brought = kind === "page" || noticed !== undefined || visitor.cookie !== "issued";
  const cookie = brought ? visitor.cookie : "none";
  const [language] = LANGUAGE.exec(known.language) ?? [];
  const origin = referrer === undefined ? undefined : originOf(referrer);
  const device = deviceOf(known.agent);
  return {
    kind,
    consent,
    cookie,
    ...(cookie !== "none" &&
      visitor.visitorId !== undefined && { visitor: known.pseudonym(visitor.visitorId) }),
    ...(language !== undefined && { language }),
    ...(origin !== undefined && { referrer: origin }),
    ...(device !== undefined && { device }),
    ...(query !== undefined && { query }),
    ...(noticed !== undefined && { noticed: inLog(noticed) }),
  };
}

function inLog({ purchases, events, login, name, number, mail }: Noticed): NoticedInLog {
  const identity = login ?? name ?? number ?? mail;
  return {
    ...(purchases && {
      purchases: purchases.map(({ amount, currency }) => ({
        ...(amount !== undefined && { amount }),
        ...(currency !== undefined && { currency }),
      })),
    }),
    ...(events && { events: events.map((event) => event.name) }),
    ...(identity !== undefined && { identity: true }),
  };
}
