/**
 * The alert feed without its wire: a numbered stream of messages for each agent, kept for a while so that a desk that lost
 * its connection can go on where it stopped (see `protocol.ts`).
 */
import type { DeskState, FeedEvent } from "./protocol.ts";

/** One connection of one desk: takes a message as JSON. */
type FeedReader = (json: string) => void;

export interface Feed {
  /** Tells the event to some agents' desks. */
  publish(agents: Iterable<string>, event: FeedEvent): void;
  /**
   * Begins to read. With `since` of this epoch, and everything after it still kept, exactly that comes first; else a
   * snapshot, which carries the number of the last message it contains.
   */
  read(
    agent: string,
    since: { readonly epoch: string; readonly after: number } | undefined,
    reader: FeedReader,
  ): Disposable;
  /** Keeps nothing more for the agent until the next desk reads: whoever comes back after that gets a snapshot. */
  rest(agent: string): void;
  /** Whether anything is kept for the agent now. */
  isKept(agent: string): boolean;
}

interface Ring {
  /** Number of the last message. */
  seq: number;
  /** JSON of the messages up to `seq`, oldest first. */
  kept: string[];
  keeping: boolean;
  readonly readers: Set<FeedReader>;
}

/**
 * @param options.epoch says which life of the engine the numbers belong to
 * @param options.most how many messages are kept for each agent, at least
 */
export function createFeed(options: {
  readonly epoch: string;
  readonly most: number;
  readonly snapshot: (agent: string) => DeskState;
}): Feed {
  const rings = new Map<string, Ring>();
  const ringOf = (agent: string): Ring => {
    let ring = rings.get(agent);
    if (!ring) rings.set(agent, (ring = { seq: 0, kept: [], keeping: false, readers: new Set() }));
    return ring;
  };
  const numbered = (seq: number, event: string) =>
    `{"epoch":${JSON.stringify(options.epoch)},"seq":${seq},${event.slice(1)}`;

  return {
    publish(agents, event) {
      let json: string | undefined;
      for (const agent of agents) {
        const ring = ringOf(agent);
        ring.seq += 1;
        if (!ring.keeping) continue;
        const message = numbered(ring.seq, (json ??= JSON.stringify(event)));
        ring.kept.push(message);
        // Cut in halves, not one by one: moving the array for each message would cost more than the memory.
        if (ring.kept.length >= 2 * options.most) ring.kept = ring.kept.slice(-options.most);
        for (const reader of ring.readers) reader(message);
      }
    },
    read(agent, since, reader) {
      const ring = ringOf(agent);
      const missed = since?.epoch === options.epoch ? ring.seq - since.after : -1;
      if (ring.keeping && missed >= 0 && missed <= ring.kept.length) {
        for (const message of missed === 0 ? [] : ring.kept.slice(-missed)) reader(message);
      } else {
        const event = { type: "snapshot", desk: options.snapshot(agent) } satisfies FeedEvent;
        reader(numbered(ring.seq, JSON.stringify(event)));
      }
      ring.keeping = true;
      ring.readers.add(reader);
      return { [Symbol.dispose]: () => void ring.readers.delete(reader) };
    },
    rest(agent) {
      const ring = ringOf(agent);
      ring.keeping = false;
      ring.kept = [];
    },
    isKept: (agent) => rings.get(agent)?.keeping ?? false,
  };
}
