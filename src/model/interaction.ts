import type { TransitionTable } from "./transition.ts";
import type { Priority } from "./visitor.ts";

export type InteractionKind = "phone" | "voip" | "video" | "chat" | "email" | "callback";

/** Whether the contact is a telephone call for the agent, whatever the visitor talks by. */
export function isCall(kind: InteractionKind): boolean {
  return kind === "phone" || isTalk(kind);
}

/** Whether visitor and agent write to each other, whatever they talk by besides. */
export function isChat({ kind, beganAs }: Pick<Interaction, "kind" | "beganAs">): boolean {
  return kind === "chat" || beganAs === "chat";
}

/** Whether the visitor talks by his browser. */
export function isTalk(kind: string): kind is "voip" | "video" {
  return kind === "voip" || kind === "video";
}

export type InteractionState =
  | "queued"
  | "reserved"
  | "connecting"
  | "active"
  | "held"
  | "wrapping"
  | "closed";

export const interactionTransitions: TransitionTable<InteractionState> = {
  queued: ["reserved", "closed"],
  // An agent who vanishes or gives up hands the contact back to the queue: it is never lost.
  reserved: ["connecting", "active", "queued", "closed"],
  connecting: ["active", "wrapping", "queued", "closed"],
  // A chat turns into a call; when that is over the chat goes on.
  active: ["connecting", "held", "wrapping", "closed"],
  held: ["active", "wrapping", "closed"],
  wrapping: ["connecting", "queued", "closed"],
  closed: [],
};

/** What became of a contact. */
export type InteractionOutcome =
  | "answered"
  | "abandoned"
  | "no_answer"
  | "busy"
  | "refused"
  | "failed";

/** A contact that a visitor asked for. */
export interface Interaction {
  readonly id: string;
  /** By what they talk now. */
  readonly kind: InteractionKind;
  /** A chat that has been a call, too, perhaps is one now: the text goes on beside it. */
  readonly beganAs?: "chat";
  readonly state: InteractionState;
  readonly site: string;
  readonly firm: string;
  /** The visit it came from; the row may be gone by now. Absent: an agent has called a number of his own accord. */
  readonly sessionId?: string;
  /** A hash of what the visitor's browser is recognised by, so that a chat outlives the row and a restart. */
  readonly visitor?: string;
  readonly opportunityId?: string;
  readonly invitationId?: string;
  readonly callbackId?: string;
  /** The agent who sent the invitation, and so the first to be asked; anyone of the firm may help out. */
  readonly preferredAgent?: string;
  /** Who has it; absent while queued. */
  readonly agent?: string;
  /** Where the visitor asked from, and the page he was on; absent together with the visit. */
  readonly address?: string;
  readonly url?: string;
  readonly priority: Priority;
  readonly name?: string;
  /** E.164. */
  readonly number?: string;
  readonly queuedMs: number;
  /** So often it was called automatically in vain; and until when it is not called so again. */
  readonly attempts?: number;
  readonly restsUntilMs?: number;
  readonly activeMs?: number;
  readonly endedMs?: number;
  readonly outcome?: InteractionOutcome;
  readonly disposition?: string;
  readonly note?: string;
}

export interface ChatMessage {
  /** Rises by one within an interaction, from 1. */
  readonly number: number;
  readonly interactionId: string;
  readonly from: "visitor" | "agent" | "system";
  readonly text: string;
  readonly atMs: number;
}
