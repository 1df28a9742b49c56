/** What a desk is made with. */
import type { Call } from "../model/call.ts";
import type { Callback } from "../model/callback.ts";
import type { Clock } from "../model/clock.ts";
import type { Interaction } from "../model/interaction.ts";
import type { Log } from "../model/log.ts";
import type { DirectoryEntries } from "./directory.ts";
import type {
  BrowserPhones,
  CallRules,
  DeskMetrics,
  DoNotCallEntry,
  NextPages,
  Pacings,
  Records,
  Telephony,
  Visits,
} from "./ports.ts";

export interface DeskOptions extends DirectoryEntries {
  readonly alertLifetimeMs: number;
  readonly invitationLifetimeMs: number;
  readonly absenceMs: number;
  /** Whether visitors may talk by their browsers, and with pictures. */
  readonly browserCalls: "off" | "voice" | "video";
  /** Callbacks that may be asked for within a day. */
  readonly callbacksPerDay: { readonly perVisitor: number; readonly perAddress: number };
}

export interface DeskPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: DeskMetrics;
  readonly visits: Visits;
  readonly nextPages: NextPages;
  readonly telephony: Telephony;
  readonly browserPhones: BrowserPhones;
  readonly callRules: CallRules;
  readonly pacings: Pacings;
  readonly records: Records;
  /** Unguessable: whoever knows the id of an invitation or a chat may answer it. */
  randomId(): string;
}

/** What was open when the engine stopped. `calls`: those that are still there, by their contacts. */
export interface FoundOpen {
  readonly callbacks: readonly Callback[];
  readonly interactions: readonly Interaction[];
  readonly doNotCall: readonly DoNotCallEntry[];
  readonly calls: ReadonlyMap<string, Call>;
}
