import type { Hit } from "../../model/hit.ts";
import type { EdgeMessage } from "./messages.ts";

/** Whatever an edge tells that is not a hit. Few and small. */
export type Note = Extract<EdgeMessage, { type: "shown" | "sent_on" }>;

/** What waits to be told to the engine, bounded. */
export interface Outbox {
  /** False when there are too many: the hit is dropped. */
  hit(hit: Hit): boolean;
  note(note: Note): void;
  /** The next message to send, taken out; notes first. */
  take(): EdgeMessage | undefined;
  /** Hits that wait. */
  hits(): number;
  /** Makes the address keys of the hits that wait anew. */
  rekey(addressKey: (address: string, userAgent: string) => string): void;
}

export function createOutbox(limits: {
  readonly hits: number;
  readonly notes: number;
  /** Hits in one message. */
  readonly batch: number;
}): Outbox {
  const notes: Note[] = [];
  let hits: Hit[] = [];
  let dropped = 0;
  return {
    hit(hit) {
      if (hits.length >= limits.hits) {
        dropped++;
        return false;
      }
      hits.push(hit);
      return true;
    },
    note(note) {
      if (notes.length >= limits.notes) notes.shift();
      notes.push(note);
    },
    take() {
      const note = notes.shift();
      if (note) return note;
      if (hits.length === 0) return undefined;
      const message = { type: "hits", hits: hits.splice(0, limits.batch), dropped } as const;
      dropped = 0;
      return message;
    },
    hits: () => hits.length,
    rekey(addressKey) {
      hits = hits.map((hit) => ({
        ...hit,
        visitor: { ...hit.visitor, addressKey: addressKey(hit.address, hit.userAgent ?? "") },
      }));
    },
  };
}
