/** The tables, as the queries see them (camelCase here, snake_case in the database). */
import type { DialHour, DialLearnt } from "../cti/ports.ts";
import type { DoNotCallEntry } from "../desk/ports.ts";
import type { Callback, CallbackState } from "../model/callback.ts";
import type { ChatMessage, Interaction } from "../model/interaction.ts";

/** A record as a row: what may be absent in the record is null in the row. */
export type Row<Entity> = {
  [Key in keyof Required<Entity>]: undefined extends Entity[Key]
    ? Exclude<Entity[Key], undefined> | null
    : Entity[Key];
};

export interface Tables {
  /** `evidence` is JSON: it is kept and shown, never searched. */
  callbacks: Omit<Row<Callback>, "evidence"> & { evidence: string; state: CallbackState };
  interactions: Row<Interaction>;
  chatMessages: ChatMessage;
  doNotCall: DoNotCallEntry;
  /** Those that have not ended, as JSON: they are read once, when the process starts. */
  calls: { id: string; call: string };
  dialHours: DialHour;
  dialLearnt: DialLearnt;
  /** Legs of the SIP driver that have not ended, as JSON: read once, when the process starts. */
  dialogs: { legId: string; leg: string };
  logins: { tokenHash: string; agent: string; createdMs: number; expiresMs: number };
}

/** The record without the columns that are null. */
export function fromRow<Entity>(row: Row<Entity>): Entity {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Entity;
}
