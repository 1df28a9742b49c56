/** Why a number is not called. They are labels of a metric. */
export type RefusedReason =
  /** Not a number of any numbering plan. */
  | "number"
  /** A kind of number, or a country, that is not called. */
  | "destination"
  /** Its owner does not want to be called. */
  | "do_not_call"
  /** Not a time for calls where the number is. */
  | "hours"
  /** Somebody is calling it now. */
  | "live_call"
  /** Asked for too often. */
  | "limit";

/** A call that is not made, and why, in words for whoever asked for it: an expected outcome, so a value. */
export interface Refused {
  readonly ok: false;
  readonly reason: RefusedReason;
  readonly message: string;
}
