import t from "tap";
import { type Ending, endReason } from "./end-reason.ts";

const unanswered: Ending = { rang: false, answered: false, q850: 0 };
const table: readonly [what: string, ending: Partial<Ending>, reason: string][] = [
  ["486", { sipStatus: 486, q850: 17 }, "busy"],
  ["600", { sipStatus: 600 }, "busy"],
  ["603", { sipStatus: 603, q850: 21 }, "refused"],
  ["607, unwanted", { sipStatus: 607 }, "refused"],
  ["404", { sipStatus: 404, q850: 1 }, "unknown_number"],
  ["484, incomplete", { sipStatus: 484 }, "unknown_number"],
  ["480 at once", { sipStatus: 480, q850: 19 }, "unreachable"],
  ["480 after ringing", { sipStatus: 480, q850: 19, rang: true }, "no_answer"],
  ["408 without an answer from the far side", { sipStatus: 408 }, "unreachable"],
  ["503", { sipStatus: 503, q850: 34 }, "network_trouble"],
  ["403 of our own trunk", { sipStatus: 403, q850: 21 }, "network_trouble"],
  ["488, no common codec", { sipStatus: 488 }, "network_trouble"],
  ["no status, cause 17", { q850: 17 }, "busy"],
  ["status 0, cause 1", { sipStatus: 0, q850: 1 }, "unknown_number"],
  ["nothing known", {}, "network_trouble"],
  ["answered, normal clearing", { answered: true, q850: 16 }, "hung_up"],
  ["answered, cause 0", { answered: true, q850: 0 }, "hung_up"],
  ["answered, network out of order", { answered: true, q850: 38 }, "network_trouble"],
];

for (const [what, ending, reason] of table) {
  t.test(`${what}: ${reason}`, (t) => {
    t.equal(endReason({ ...unanswered, ...ending }), reason);
    t.end();
  });
}
