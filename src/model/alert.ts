import type { TransitionTable } from "./transition.ts";

export type AlertState = "queued" | "offered" | "accepted" | "rejected" | "timed_out" | "expired";

/** `rejected` and `timed_out` are of one agent: the alert goes back to the queue for the others. */
export const alertTransitions: TransitionTable<AlertState> = {
  queued: ["offered", "accepted", "expired"],
  offered: ["accepted", "rejected", "timed_out", "expired"],
  rejected: ["queued", "expired"],
  timed_out: ["queued", "expired"],
  accepted: [],
  expired: [],
};
