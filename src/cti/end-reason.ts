import type { LegEnd } from "../model/call.ts";

/** What is known of a leg when its channel is gone. */
export interface Ending {
  readonly rang: boolean;
  readonly answered: boolean;
  /** The SIP status that ended it; 0 or absent when there was none. */
  readonly sipStatus?: number | undefined;
  /** ITU-T Q.850. */
  readonly q850: number;
}

/** RFC 3261, section 21; 607 and 608 are RFC 8197 and RFC 8688. */
const bySipStatus: Readonly<Record<number, LegEnd>> = {
  404: "unknown_number",
  410: "unknown_number",
  484: "unknown_number",
  485: "unknown_number",
  486: "busy",
  600: "busy",
  603: "refused",
  604: "unknown_number",
  607: "refused",
  608: "refused",
};

/** For channels that are not SIP, and versions that do not tell the status. */
const byCause: Readonly<Record<number, LegEnd>> = {
  1: "unknown_number",
  17: "busy",
  18: "no_answer",
  19: "no_answer",
  20: "unreachable",
  21: "refused",
  22: "unknown_number",
  27: "unreachable",
  28: "unknown_number",
};

/** Failures of the network itself after the call was answered. */
const brokenOff = new Set([34, 38, 41, 42]);

/**
 * Why a leg ended that we have not ended ourselves. Asterisk's own `dialstatus` says NOANSWER to nearly everything, so the
 * SIP status decides.
 */
export function endReason({ rang, answered, sipStatus, q850 }: Ending): LegEnd {
  if (answered) return brokenOff.has(q850) ? "network_trouble" : "hung_up";
  if (!sipStatus) return byCause[q850] ?? "network_trouble";
  // Both are said of a telephone that rang in vain, and of one that is switched off: only the ringing tells.
  if (sipStatus === 480 || sipStatus === 408) return rang ? "no_answer" : "unreachable";
  return bySipStatus[sipStatus] ?? "network_trouble";
}
