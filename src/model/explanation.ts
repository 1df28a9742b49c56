import type { Offer } from "./opportunity.ts";

export type TruthName = "true" | "false" | "unknown";

/** What a fact is now of a visitor. */
export interface FactNow {
  readonly name: string;
  /** Absent: not known. */
  readonly value?: string | number | boolean | readonly string[];
  /** Of what is not known: what it is that keeps it from us, for people. */
  readonly why?: string;
}

/** One of the conditions that a criterion joins by `&&`, `||`, `!` and `? :`. */
export interface Condition {
  /** As it is written. */
  readonly text: string;
  readonly result: TruthName;
  /** What it asks for. */
  readonly facts: readonly FactNow[];
}

/** Why a campaign did, or did not, take up a visitor [SPEC A7]. */
export interface Explanation {
  readonly campaign: string;
  readonly criterion: string;
  readonly result: TruthName;
  readonly conditions: readonly Condition[];
  /** With `true`: what it would offer, or what keeps it from having a consequence. */
  readonly offer?: Offer;
  readonly why?: string;
}
