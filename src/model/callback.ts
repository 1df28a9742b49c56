import type { TransitionTable } from "./transition.ts";
import type { Priority } from "./visitor.ts";

export type CallbackState =
  | "scheduled"
  | "due"
  | "reserved"
  | "attempted"
  | "completed"
  | "expired"
  | "cancelled";

export const callbackTransitions: TransitionTable<CallbackState> = {
  scheduled: ["due", "reserved", "cancelled", "expired"],
  due: ["reserved", "scheduled", "cancelled", "expired"],
  reserved: ["attempted", "scheduled", "due", "cancelled"],
  attempted: ["due", "scheduled", "completed", "cancelled", "expired"],
  completed: [],
  expired: [],
  cancelled: [],
};

/** What shows that the visitor asked to be called: kept as long as the callback [SPEC D6]. */
export interface ConsentEvidence {
  /** The page the form was on. */
  readonly url: string;
  /** The words the visitor agreed to. */
  readonly text: string;
  readonly atMs: number;
  readonly address: string;
  /** The number as it was typed. */
  readonly typed: string;
}

/** A contact to make later: one entry of the job file. */
export interface Callback {
  readonly id: string;
  readonly state: CallbackState;
  readonly site: string;
  readonly firm: string;
  readonly sessionId: string;
  /** E.164. */
  readonly number: string;
  readonly name?: string;
  /** What the visitor wants to talk about. */
  readonly topic?: string;
  readonly priority: Priority;
  readonly createdMs: number;
  /** When to call. */
  readonly dueMs: number;
  readonly attempts: number;
  readonly agent?: string;
  readonly evidence: ConsentEvidence;
}
