import type { EdgeMessage } from "./messages.ts";
import { jsonOf, type OwnOfHit, type TellsAsker } from "./told-hit.ts";

/** Whatever an edge tells that is not a hit. Few and small. */
export type Note = Extract<EdgeMessage, { type: "shown" | "sent_on" }>;

/** What waits to be told to the engine, bounded. */
export interface Outbox {
  /** False when there are too many: the hit is dropped. */
  hit(by: TellsAsker, hit: OwnOfHit): boolean;
  note(note: Note): void;
  /** The next message to send as JSON, taken out; notes first. */
  take(): string | undefined;
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
  let hits: OwnOfHit[] = [];
  /** Who asked for each of them. */
  let askers: TellsAsker[] = [];
  let dropped = 0;
  return {
    hit(by, hit) {
      if (hits.length >= limits.hits) {
        dropped++;
        return false;
      }
      hits.push(hit);
      askers.push(by);
      return true;
    },
    note(note) {
      if (notes.length >= limits.notes) notes.shift();
      notes.push(note);
    },
    take() {
      const note = notes.shift();
      if (note) return JSON.stringify(note);
      if (hits.length === 0) return undefined;
      const by = askers.splice(0, limits.batch);
      const batch = hits.splice(0, limits.batch).map((hit, i) => jsonOf(by[i]!, hit));
      const message = `{"type":"hits","dropped":${dropped},"hits":[${batch.join(",")}]}`;
      dropped = 0;
      return message;
    },
    hits: () => hits.length,
    rekey(addressKey) {
      askers = askers.map((by) => by.rekeyed(addressKey));
    },
  };
}
