/** The desk's ports that reach a visitor through the edges: the analysis knows the keys, the link carries the message. */
import type { Analysis } from "../analysis/analysis.ts";
import type { NextPages, Visits } from "../desk/ports.ts";
import type { VisitorFacts } from "../model/visitor.ts";
import type { LinkServer } from "../proxy/link/server.ts";

/** A visitor who does not come back within a day keeps the facts of the cookie. */
const FACTS_LIFETIME_MS = 86_400_000;

/** The analysis as the desk sees it; what is learnt of a visitor also goes into the cookie, by the edges. */
export function visitsOver(analysis: Analysis, link: LinkServer): Visits {
  return {
    session: (id) => analysis.session(id),
    find: (site, visitor) => analysis.find(site, visitor),
    latest: (sites, most) => analysis.latest(sites, most),
    hold: (sessionId) => analysis.hold(sessionId),
    letGo: (sessionId) => analysis.letGo(sessionId),
    explain: (sessionId) => analysis.explain(sessionId),
    expected: (firm) => analysis.expected(firm),
    advance: (id, state) => analysis.advance(id, state),
    learn(sessionId, facts) {
      analysis.learn(sessionId, facts);
      const site = analysis.session(sessionId)?.site;
      if (site === undefined) return;
      toCookie(analysis, link, site, sessionId, facts);
    },
  };
}

/** Writes facts into the visitor's cookie with the next page, by the edges. */
export function toCookie(
  analysis: Analysis,
  link: LinkServer,
  site: string,
  sessionId: string,
  facts: VisitorFacts,
): void {
  const keys = analysis.keysOf(sessionId);
  link.learn({ site, keys, facts, expiresMs: facts.atMs + FACTS_LIFETIME_MS });
}

/** The way to a visitor's next page. */
export function nextPagesOver(
  analysis: Analysis,
  link: LinkServer,
  randomId: () => string,
): NextPages {
  return {
    show(session, invitationId, html, expiresMs) {
      const keys = analysis.keysOf(session.id);
      link.show({ invitationId, site: session.site, keys, html, expiresMs });
    },
    withdraw: (invitationId) => link.withdraw(invitationId),
    sendOn(session, path, expiresMs) {
      const keys = analysis.keysOf(session.id);
      link.sendOn({ id: randomId(), site: session.site, keys, path, expiresMs });
    },
  };
}
