/** Visits as desks see them: news of one visit goes out at most twice a second, however fast somebody clicks. */
import type { Clock, Timer } from "../model/clock.ts";
import type { Session } from "../model/session.ts";
import type { Directory } from "./directory.ts";
import type { Feed } from "./feed.ts";
import type { Visits } from "./ports.ts";

export interface LiveVisitors extends Disposable {
  /** Cheap: called on every hit. */
  changed(session: Session): void;
  ended(sessionId: string, site: string): void;
  /** The latest visits of the firm's sites, at most 500. */
  list(firm: string): Session[];
}

const FLUSH_MS = 500;
const MOST_SHOWN = 500;

/** @param ports.told a visit's news has gone out, or its end (without a session) */
export function createLiveVisitors(ports: {
  readonly clock: Clock;
  readonly directory: Directory;
  readonly feed: Feed;
  readonly visits: Visits;
  told(sessionId: string): void;
}): LiveVisitors {
  const { clock, directory, feed, visits } = ports;
  const news = new Map<string, Session>();
  let timer: Timer | undefined;

  const agentsFor = (site: string) => {
    const firm = directory.site(site)?.firm;
    if (firm === undefined) return [];
    return directory
      .agentsOf(firm)
      .map(({ name }) => name)
      .filter((name) => feed.isKept(name));
  };
  const flush = () => {
    timer = undefined;
    const sessions = [...news.values()];
    news.clear();
    for (const session of sessions) {
      feed.publish(agentsFor(session.site), { type: "visitor", session });
      ports.told(session.id);
    }
  };
  return {
    changed(session) {
      news.set(session.id, session);
      timer ??= clock.after(FLUSH_MS, flush);
    },
    ended(sessionId, site) {
      news.delete(sessionId);
      feed.publish(agentsFor(site), { type: "visitor_gone", sessionId });
      ports.told(sessionId);
    },
    list: (firm) =>
      visits
        .list(directory.sitesOf(firm).map(({ name }) => name))
        .toSorted((a, b) => b.lastAccessMs - a.lastAccessMs)
        .slice(0, MOST_SHOWN),
    [Symbol.dispose]: () => timer?.[Symbol.dispose](),
  };
}
