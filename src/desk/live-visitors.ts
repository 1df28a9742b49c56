/** Visits as desks see them: news goes out at most twice a second, however many visitors click however fast. */
import type { Clock, Timer } from "../model/clock.ts";
import type { Session } from "../model/session.ts";
import type { Directory } from "./directory.ts";
import type { Feed } from "./feed.ts";
import type { Visits } from "./ports.ts";

export interface LiveVisitors extends Disposable {
  /** Cheap: called on every hit. */
  changed(session: Session): void;
  ended(sessionId: string, site: string): void;
  /** The latest visits of the firm's sites, at most {@link MOST_SHOWN}. */
  list(firm: string): Session[];
}

const FLUSH_MS = 500;
const MOST_SHOWN = 500;
/** Visits told of at once. When more have changed, the latest: nobody reads more, and hits must not wait for it. */
const MOST_TOLD = 100;
/** Visits that some desk may have heard of. */
const MOST_KNOWN = 100_000;

/** @param ports.told news of these visits, their end among it, has gone out */
export function createLiveVisitors(ports: {
  readonly clock: Clock;
  readonly directory: Directory;
  readonly feed: Feed;
  readonly visits: Visits;
  told(sessionIds: ReadonlySet<string>): void;
}): LiveVisitors {
  const { clock, directory, feed, visits } = ports;
  /** Visits with news, latest last; with the site when they have ended. */
  const news = new Map<string, string | undefined>();
  const known = new Set<string>();
  let timer: Timer | undefined;

  const agentsFor = (site: string) => {
    const firm = directory.site(site)?.firm;
    if (firm === undefined) return [];
    return directory
      .agentsOf(firm)
      .map(({ name }) => name)
      .filter((name) => feed.isKept(name));
  };
  const know = (sessionId: string) => {
    known.add(sessionId);
    for (const oldest of known) {
      if (known.size <= MOST_KNOWN) break;
      known.delete(oldest);
    }
  };
  const flush = () => {
    timer = undefined;
    const ids = new Set(news.keys());
    const latest = [...news].filter(([, endedAt]) => endedAt === undefined).slice(-MOST_TOLD);
    for (const [id] of latest) {
      const session = visits.session(id);
      const agents = session ? agentsFor(session.site) : [];
      if (!session || agents.length === 0) continue;
      know(id);
      feed.publish(agents, { type: "visitor", session });
    }
    for (const [sessionId, endedAt] of news) {
      if (endedAt === undefined || !known.delete(sessionId)) continue;
      feed.publish(agentsFor(endedAt), { type: "visitor_gone", sessionId });
    }
    news.clear();
    ports.told(ids);
  };
  const note = (sessionId: string, endedAt: string | undefined) => {
    news.delete(sessionId);
    news.set(sessionId, endedAt);
    timer ??= clock.after(FLUSH_MS, flush);
  };
  return {
    changed: (session) => note(session.id, undefined),
    ended: note,
    list(firm) {
      const sites = directory.sitesOf(firm).map(({ name }) => name);
      const sessions = visits.latest(sites, MOST_SHOWN);
      for (const { id } of sessions) know(id);
      return sessions;
    },
    [Symbol.dispose]: () => timer?.[Symbol.dispose](),
  };
}
